// What a data set's files are, in one word: two results of the same checksum are of the same data.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** sha256 over the paths and bytes of all files, sorted by path. */
export async function checksum(folder: string): Promise<string> {
  const digest = createHash("sha256");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) digest.update(file.slice(folder.length)).update(await readFile(file));
  return digest.digest("hex");
}
