// A process that stores a folder of three files and kills itself: `node --import tsx killed-writer.ts <url> <pieces>`,
// after so many of their pieces were asked for. The last piece is the end of the last file.
import { createBlobStore } from "../create-blob-store.ts";

const [url, piecesBefore] = process.argv.slice(2);
let asked = 0;

async function* pieces(text: string) {
  for (const piece of [text, text, null]) {
    if (asked++ === Number(piecesBefore)) process.kill(process.pid, "SIGKILL");
    if (piece !== null) yield new TextEncoder().encode(piece.repeat(50_000));
  }
}

const files = ["a.bin", "b.bin", "root.json"].map((name) => ({ name, content: pieces(name) }));
await createBlobStore(url!).putFolder(files, "root.json");
