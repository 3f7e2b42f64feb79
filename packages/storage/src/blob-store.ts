// Blobs are immutable byte strings named by the sha256 of their content, in lower-case hexadecimal.
import type { Readable } from "node:stream";
import { AppError } from "@engram/core";

export interface StoredBlob {
  readonly hash: string;
  readonly sizeBytes: number;
}

/** Part of a blob, in bytes. Without `length`, up to the end. */
export interface ByteRange {
  readonly start?: number;
  readonly length?: number;
}

export type BlobSource = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** One file of a folder that is to be stored. */
export interface FolderFile {
  /** letters, digits, "-", "_" and ".", none of these first */
  readonly name: string;
  readonly content: BlobSource;
}

/** A stored folder. Its files are as whole as the disk kept them: whoever reads them compares them with its root. */
export interface BlobFolder {
  readonly hash: string;
  /** sorted */
  readonly names: readonly string[];
  /** @throws AppError NOT_FOUND where no file has that name */
  read(name: string): Promise<Uint8Array>;
}

/**
 * Methods that take a hash throw AppError BAD_INPUT when it is not 64 lower-case hexadecimal digits and NOT_FOUND
 * when no such blob is stored; a range that leaves the blob is BAD_INPUT, and so is a folder where a single file is
 * meant, or the reverse.
 */
export interface BlobStore {
  /** Stores the bytes durably before it resolves. Equal content is kept once; a source that fails leaves nothing. */
  put(source: BlobSource): Promise<StoredBlob>;
  /** Like `put`, of a file that stays where it is. */
  putFile(path: string): Promise<StoredBlob>;
  /**
   * Stores files that belong together as one folder: all of them or, where a source fails or the process dies, none.
   * The folder is named by the sha256 of its root, which should name the other files by theirs.
   *
   * @param rootName which of the files is the root
   */
  putFolder(
    files: Iterable<FolderFile> | AsyncIterable<FolderFile>,
    rootName: string,
  ): Promise<{ readonly hash: string }>;
  openFolder(hash: string): Promise<BlobFolder>;
  open(hash: string, range?: ByteRange): Promise<Readable>;
  read(hash: string, range?: ByteRange): Promise<Uint8Array>;
  /** Whether there is such a blob or folder. */
  has(hash: string): Promise<boolean>;
  sizeBytes(hash: string): Promise<number>;
  /** Removes a blob, or a folder with all its files. Whether there was one. */
  delete(hash: string): Promise<boolean>;
  /** The path of a local file with the blob's bytes, for readers that seek. It must not be written to. */
  materialize(hash: string): Promise<string>;
  /** Reads the whole blob again: whether its bytes still have the hash that names them. */
  verify(hash: string): Promise<boolean>;
}

const HASH = /^[0-9a-f]{64}$/;

export function isBlobHash(text: string): boolean {
  return HASH.test(text);
}

/** @throws AppError BAD_INPUT */
export function assertBlobHash(text: string): void {
  if (isBlobHash(text)) return;
  throw new AppError(
    "BAD_INPUT",
    `"${text.slice(0, 80)}" is no blob name: expected 64 lower-case hexadecimal digits.`,
  );
}

export function blobNotFound(hash: string): AppError {
  return new AppError("NOT_FOUND", `There is no blob ${hash}.`);
}

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** @throws AppError BAD_INPUT */
export function assertFileName(text: string): void {
  if (FILE_NAME.test(text)) return;
  throw new AppError("BAD_INPUT", `"${text.slice(0, 80)}" cannot name a file of a folder.`);
}

/** First byte and number of bytes of a range in a blob. @throws AppError BAD_INPUT where it leaves the blob */
export function resolveRange(
  hash: string,
  sizeBytes: number,
  range: ByteRange = {},
): { start: number; length: number } {
  const start = range.start ?? 0;
  const length = range.length ?? sizeBytes - start;
  const isInside =
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(length) &&
    start >= 0 &&
    length >= 0 &&
    start + length <= sizeBytes;
  if (isInside) return { start, length };
  throw new AppError(
    "BAD_INPUT",
    `Blob ${hash} has ${sizeBytes} bytes, but ${length} bytes from ${start} on were asked for.`,
  );
}
