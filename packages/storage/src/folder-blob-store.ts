// Blobs in a folder: <root>/ab/cd/<hash>, a file, or a directory where files belong together. A blob is written to
// <root>/incoming first, synced, and renamed into place, so that a process killed at any moment leaves either the whole
// blob or something incoming that a later one sweeps.
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "@engram/core";
import {
  assertBlobHash,
  assertFileName,
  type BlobFolder,
  type BlobSource,
  type BlobStore,
  type ByteRange,
  blobNotFound,
  type FolderFile,
  resolveRange,
  type StoredBlob,
} from "./blob-store.ts";
import { assertFile, isMissing, isTaken, readRange, statOrNull, syncFolder, writeHashed } from "./files.ts";

/** An incoming file this old belongs to no living writer: long enough for the slowest ingest of a long video. */
const ABANDONED_AFTER_MS = 48 * 3_600_000;

export class FolderBlobStore implements BlobStore {
  readonly #root: string;
  readonly #incoming: string;
  #ready: Promise<void> | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#incoming = join(root, "incoming");
  }

  async put(source: BlobSource): Promise<StoredBlob> {
    return this.#write(async (incoming) => {
      const blob = await writeHashed(incoming, source);
      // A stored blob of another size was damaged from outside: the fresh bytes replace it.
      const stored = await statOrNull(this.#pathOf(blob.hash));
      if (stored?.size !== blob.sizeBytes) await this.#rename(incoming, blob.hash);
      return blob;
    });
  }

  async putFolder(
    files: Iterable<FolderFile> | AsyncIterable<FolderFile>,
    rootName: string,
  ): Promise<{ readonly hash: string }> {
    return this.#write(async (incoming) => {
      await mkdir(incoming);
      const sizes = new Map<string, number>();
      let hash: string | undefined;
      for await (const { name, content } of files) {
        assertFileName(name);
        const file = await writeHashed(join(incoming, name), content);
        sizes.set(name, file.sizeBytes);
        if (name === rootName) hash = file.hash;
      }
      if (hash === undefined) throw new AppError("BAD_INPUT", `The folder lacks its root, "${rootName}".`);
      await syncFolder(incoming);
      await this.#moveFolderIntoPlace(incoming, hash, sizes);
      return { hash };
    });
  }

  async openFolder(hash: string): Promise<BlobFolder> {
    const path = this.#pathOf(hash);
    const stats = await statOrNull(path);
    if (stats === null) throw blobNotFound(hash);
    if (!stats.isDirectory()) {
      throw new AppError("BAD_INPUT", `Blob ${hash} is a single file, expected a folder of files.`);
    }
    const names = (await readdir(path)).sort();
    return {
      hash,
      names,
      async read(name) {
        if (!names.includes(name)) throw new AppError("NOT_FOUND", `Folder ${hash} has no file "${name}".`);
        return readRange(join(path, name), hash);
      },
    };
  }

  putFile(path: string): Promise<StoredBlob> {
    return this.put(createReadStream(path));
  }

  async open(hash: string, range?: ByteRange): Promise<Readable> {
    const { start, length } = resolveRange(hash, await this.sizeBytes(hash), range);
    if (length === 0) return Readable.from([]);
    return createReadStream(this.#pathOf(hash), { start, end: start + length - 1 });
  }

  async read(hash: string, range?: ByteRange): Promise<Uint8Array> {
    return readRange(this.#pathOf(hash), hash, range);
  }

  async has(hash: string): Promise<boolean> {
    return (await statOrNull(this.#pathOf(hash))) !== null;
  }

  async sizeBytes(hash: string): Promise<number> {
    const stats = await statOrNull(this.#pathOf(hash));
    if (stats === null) throw blobNotFound(hash);
    assertFile(stats, hash);
    return stats.size;
  }

  async delete(hash: string): Promise<boolean> {
    const path = this.#pathOf(hash);
    await this.#prepared();
    const leaving = join(this.#incoming, randomUUID());
    try {
      // One step, so that a folder is never seen half removed.
      await rename(path, leaving);
    } catch (err) {
      if (isMissing(err)) return false;
      throw err;
    }
    await rm(leaving, { recursive: true, force: true });
    return true;
  }

  async materialize(hash: string): Promise<string> {
    await this.sizeBytes(hash);
    return this.#pathOf(hash);
  }

  async verify(hash: string): Promise<boolean> {
    const digest = createHash("sha256");
    await pipeline(await this.open(hash), digest);
    return digest.digest("hex") === hash;
  }

  #pathOf(hash: string): string {
    assertBlobHash(hash);
    return join(this.#root, hash.slice(0, 2), hash.slice(2, 4), hash);
  }

  /** Lets `write` make a file or directory at a path of its own, which is gone afterwards unless it was moved. */
  async #write<T>(write: (incoming: string) => Promise<T>): Promise<T> {
    await this.#prepared();
    const incoming = join(this.#incoming, randomUUID());
    try {
      return await write(incoming);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  }

  async #prepared(): Promise<void> {
    this.#ready ??= this.#prepare();
    try {
      await this.#ready;
    } catch (err) {
      // What was in the way may be gone the next time.
      this.#ready = undefined;
      throw err;
    }
  }

  async #prepare(): Promise<void> {
    await mkdir(this.#incoming, { recursive: true });
    for (const name of await readdir(this.#incoming)) {
      const path = join(this.#incoming, name);
      const stats = await statOrNull(path);
      const isAbandoned = stats !== null && Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS;
      if (isAbandoned) await rm(path, { recursive: true, force: true });
    }
  }

  async #moveFolderIntoPlace(incoming: string, hash: string, sizes: ReadonlyMap<string, number>) {
    while (!(await this.#isStored(hash, sizes))) {
      try {
        return await this.#rename(incoming, hash);
      } catch (err) {
        if (!isTaken(err)) throw err;
      }
      // Either another writer was faster with the same files, or what lies there was damaged from outside.
      if (!(await this.#isStored(hash, sizes))) await this.delete(hash);
    }
  }

  async #rename(incoming: string, hash: string): Promise<void> {
    const path = this.#pathOf(hash);
    const parent = dirname(path);
    const isNew = (await mkdir(parent, { recursive: true })) !== undefined;
    await rename(incoming, path);
    await syncFolder(parent);
    if (isNew) for (const folder of [dirname(parent), this.#root]) await syncFolder(folder);
  }

  /** Whether the folder is there with just these files. One that is not whole was damaged from outside. */
  async #isStored(hash: string, sizes: ReadonlyMap<string, number>): Promise<boolean> {
    const path = this.#pathOf(hash);
    if ((await statOrNull(path))?.isDirectory() !== true) return false;
    const names = await readdir(path);
    if (names.length !== sizes.size) return false;
    for (const name of names) {
      if ((await statOrNull(join(path, name)))?.size !== sizes.get(name)) return false;
    }
    return true;
  }
}
