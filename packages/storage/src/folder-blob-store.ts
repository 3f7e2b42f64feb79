// Blobs in a folder: <root>/ab/cd/<hash>. A blob is written to <root>/incoming first, synced, and renamed into place,
// so that a process killed at any moment leaves either the whole blob or an incoming file that a later one sweeps.
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  assertBlobHash,
  type BlobSource,
  type BlobStore,
  type ByteRange,
  blobNotFound,
  resolveRange,
  type StoredBlob,
} from "./blob-store.ts";

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
    this.#ready ??= this.#prepare();
    try {
      await this.#ready;
    } catch (err) {
      // What was in the way may be gone the next time.
      this.#ready = undefined;
      throw err;
    }
    const incoming = join(this.#incoming, randomUUID());
    try {
      const blob = await writeHashed(incoming, source);
      await this.#moveIntoPlace(incoming, blob);
      return blob;
    } finally {
      await rm(incoming, { force: true });
    }
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
    const file = await openBlob(this.#pathOf(hash), hash);
    try {
      const { start, length } = resolveRange(hash, (await file.stat()).size, range);
      const bytes = new Uint8Array(length);
      await readFully(file, bytes, start);
      return bytes;
    } finally {
      await file.close();
    }
  }

  async has(hash: string): Promise<boolean> {
    return (await statOrNull(this.#pathOf(hash))) !== null;
  }

  async sizeBytes(hash: string): Promise<number> {
    const stats = await statOrNull(this.#pathOf(hash));
    if (stats === null) throw blobNotFound(hash);
    return stats.size;
  }

  async delete(hash: string): Promise<boolean> {
    try {
      await unlink(this.#pathOf(hash));
      return true;
    } catch (err) {
      if (isMissing(err)) return false;
      throw err;
    }
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

  async #prepare(): Promise<void> {
    await mkdir(this.#incoming, { recursive: true });
    for (const name of await readdir(this.#incoming)) {
      const path = join(this.#incoming, name);
      const stats = await statOrNull(path);
      if (stats !== null && Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
    }
  }

  async #moveIntoPlace(incoming: string, blob: StoredBlob): Promise<void> {
    const path = this.#pathOf(blob.hash);
    const stored = await statOrNull(path);
    // A stored blob of another size was damaged from outside: the fresh bytes replace it.
    if (stored?.size === blob.sizeBytes) return;
    await mkdir(dirname(path), { recursive: true });
    await rename(incoming, path);
    await syncFolder(dirname(path));
  }
}

async function writeHashed(path: string, source: BlobSource): Promise<StoredBlob> {
  const digest = createHash("sha256");
  let sizeBytes = 0;
  const observed = async function* () {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      digest.update(chunk);
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  };
  await pipeline(observed, createWriteStream(path, { flags: "wx", flush: true }));
  return { hash: digest.digest("hex"), sizeBytes };
}

async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < into.byteLength) {
    const { bytesRead } = await file.read(into, done, into.byteLength - done, position + done);
    if (bytesRead === 0) throw new Error("The blob became shorter while it was read.");
    done += bytesRead;
  }
}

async function openBlob(path: string, hash: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (err) {
    throw isMissing(err) ? blobNotFound(hash) : err;
  }
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (err) {
    if (isMissing(err)) return null;
    throw err;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isMissing(err: unknown): boolean {
  return err instanceof Error && "code" in err && err.code === "ENOENT";
}
