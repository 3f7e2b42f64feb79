import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobStore, FolderFile } from "./blob-store.ts";
import { createBlobStore } from "./create-blob-store.ts";

let root: string;
let store: BlobStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "engram-folders-"));
  store = createBlobStore(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const ROOT = "root.json";
const files = (...names: string[]): FolderFile[] => [
  ...names.map((name) => ({ name, content: [bytes(name), bytes(" twice "), bytes(name)] })),
  { name: ROOT, content: bytes(names.join()) },
];
const pathOf = (hash: string) => join(root, hash.slice(0, 2), hash.slice(2, 4), hash);
const incoming = () => readdir(join(root, "incoming"));

async function contentOf(hash: string): Promise<Record<string, string>> {
  const folder = await store.openFolder(hash);
  const read = async (name: string) => [name, Buffer.from(await folder.read(name)).toString()];
  return Object.fromEntries(await Promise.all(folder.names.map(read)));
}
const content = { a: "a twice a", b: "b twice b", [ROOT]: "a,b" };

describe("a folder of files that belong together", () => {
  it("is one directory, named by the sha256 of its root", async () => {
    const { hash } = await store.putFolder(files("a", "b"), ROOT);
    expect(hash).toBe(sha256("a,b"));
    expect(await store.has(hash)).toBe(true);
    expect(await contentOf(hash)).toEqual(content);
    expect((await readdir(pathOf(hash))).sort()).toEqual(["a", "b", ROOT]);
    expect(await incoming()).toEqual([]);
  });

  it("is kept once, also when many put it at once, and mended where it was damaged", async () => {
    const put = () => store.putFolder(files("a", "b"), ROOT);
    const [{ hash } = { hash: "" }] = await Promise.all(Array.from({ length: 8 }, put));
    expect(await contentOf(hash)).toEqual(content);
    await truncate(join(pathOf(hash), "a"), 2);
    await writeFile(join(pathOf(hash), "stray"), "");
    await put();
    expect(await contentOf(hash)).toEqual(content);
    await rm(join(pathOf(hash), "b"));
    await put();
    expect(await contentOf(hash)).toEqual(content);
    expect(await incoming()).toEqual([]);
  });

  it("goes as a whole", async () => {
    const { hash } = await store.putFolder(files("a"), ROOT);
    expect(await store.delete(hash)).toBe(true);
    expect(await store.has(hash)).toBe(false);
    expect(await store.delete(hash)).toBe(false);
    await expect(store.openFolder(hash)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await incoming()).toEqual([]);
  });

  it("is not there at all when one of its sources fails, its root is missing, or a name leaves it", async () => {
    const failing = async function* () {
      yield* files("a");
      throw new Error("the network went away");
    };
    await expect(store.putFolder(failing(), ROOT)).rejects.toThrow("the network went away");
    await expect(store.putFolder(files("a"), "index.json")).rejects.toMatchObject({ code: "BAD_INPUT" });
    for (const name of ["../a", "", ".hidden", "a/b", "a\0"]) {
      await expect(store.putFolder(files(name), ROOT)).rejects.toMatchObject({ code: "BAD_INPUT" });
    }
    expect(await readdir(root)).toEqual(["incoming"]);
    expect(await incoming()).toEqual([]);
  });

  it("is told from a single file in one sentence", async () => {
    const { hash: file } = await store.put(bytes("a file"));
    const { hash: folder } = await store.putFolder(files("a"), ROOT);
    await expect(store.openFolder(file)).rejects.toThrow(`Blob ${file} is a single file`);
    for (const attempt of [
      () => store.read(folder),
      () => store.open(folder),
      () => store.sizeBytes(folder),
      () => store.materialize(folder),
    ]) {
      await expect(attempt()).rejects.toThrow(`Blob ${folder} is a folder`);
    }
    const opened = await store.openFolder(folder);
    await expect(opened.read("b")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is whole or not there wherever its writer is killed, and leaves the one before as it was", async () => {
    const before = await store.putFolder(files("a", "b"), ROOT);
    const writer = fileURLToPath(new URL("testing/killed-writer.ts", import.meta.url));
    const write = (piecesBefore: number) =>
      spawnSync(process.execPath, ["--import", "tsx", writer, root, String(piecesBefore)]);
    const hash = sha256(ROOT.repeat(100_000));
    for (const piecesBefore of [0, 1, 4, 7, 8]) {
      expect(write(piecesBefore).signal).toBe("SIGKILL");
      expect(await store.has(hash)).toBe(false);
      expect(await contentOf(before.hash)).toEqual(content);
    }
    const left = await incoming();
    expect(left).toHaveLength(5);
    for (const name of left) await utimes(join(root, "incoming", name), new Date(0), new Date(0));
    expect(write(Number.POSITIVE_INFINITY).status).toBe(0);
    expect((await store.openFolder(hash)).names).toEqual(["a.bin", "b.bin", ROOT]);
    expect(await incoming()).toEqual([]);
  });
});
