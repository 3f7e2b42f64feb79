// What the folder of blobs does with single files and directories: hashed and synced writes, ranges, kinds of failure.
import { createHash } from "node:crypto";
import { createWriteStream, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { AppError } from "@engram/core";
import {
  type BlobSource,
  type ByteRange,
  blobNotFound,
  resolveRange,
  type StoredBlob,
} from "./blob-store.ts";

export async function writeHashed(path: string, source: BlobSource): Promise<StoredBlob> {
  const digest = createHash("sha256");
  let sizeBytes = 0;
  const observed = async function* () {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      digest.update(chunk);
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  };
  const file = createWriteStream(path, { flags: "wx", flush: true });
  try {
    await pipeline(observed, file);
  } finally {
    // A source may fail before the file is opened, which then still comes to be: whoever removes it must come later.
    if (!file.closed) await new Promise<void>((resolve) => file.once("close", resolve));
  }
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

export async function readRange(path: string, hash: string, range?: ByteRange): Promise<Uint8Array> {
  const file = await openBlob(path, hash);
  try {
    const stats = await file.stat();
    assertFile(stats, hash);
    const { start, length } = resolveRange(hash, stats.size, range);
    const bytes = new Uint8Array(length);
    await readFully(file, bytes, start);
    return bytes;
  } finally {
    await file.close();
  }
}

export function assertFile(stats: Stats, hash: string): void {
  if (!stats.isDirectory()) return;
  throw new AppError("BAD_INPUT", `Blob ${hash} is a folder of files, expected a single file.`);
}

async function openBlob(path: string, hash: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (err) {
    throw isMissing(err) ? blobNotFound(hash) : err;
  }
}

export async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (err) {
    if (isMissing(err)) return null;
    throw err;
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function isMissing(err: unknown): boolean {
  return hasCode(err, "ENOENT");
}

/** What a rename meets where a directory with files is in its way. */
export function isTaken(err: unknown): boolean {
  return hasCode(err, "ENOTEMPTY") || hasCode(err, "EEXIST");
}

function hasCode(err: unknown, code: string): boolean {
  return err instanceof Error && "code" in err && err.code === code;
}
