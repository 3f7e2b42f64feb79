// Uploads: a tar stream, plain or gzipped, or a single video file, laid out in a fresh folder. The sender is not
// trusted: links are left out, names that would leave the folder are refused, sizes are limited.

import { createReadStream } from "node:fs";
import { copyFile, mkdir, open } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { AppError, isAppError } from "@engram/core";
import { type ReadEntry, Unpack } from "tar";
import { throwIfCanceled } from "./canceled.ts";
import { videoContainer } from "./video/container.ts";

export interface ExtractLimits {
  /** files and folders */
  readonly maxEntries: number;
  /** of all files together, as extracted */
  readonly maxBytes: number;
}

export interface ExtractOptions extends ExtractLimits {
  /** what the sender calls the upload; a single video keeps this name */
  readonly fileName: string;
  readonly signal?: AbortSignal;
}

export interface Extraction {
  readonly entries: number;
  readonly bytes: number;
  /** links and devices, which are never extracted */
  readonly skipped: number;
}

const SNIFFED_BYTES = 512;
const FILE_TYPES: ReadonlySet<string> = new Set(["File", "OldFile", "ContiguousFile"]);

/**
 * Extracts an upload into `destination`, which is made. On failure the caller removes the folder.
 *
 * @throws AppError BAD_INPUT for what is no archive, a damaged one, or one with a path that leaves the folder;
 * LIMIT_EXCEEDED; CANCELED
 */
export async function extractArchive(
  path: string,
  destination: string,
  options: ExtractOptions,
): Promise<Extraction> {
  const { head, sizeBytes } = await readHead(path);
  await mkdir(destination, { recursive: true });
  if (videoContainer(head) !== null) {
    if (sizeBytes > options.maxBytes) throw tooManyBytes(options);
    await copyFile(path, join(destination, safeFileName(options.fileName)));
    return { entries: 1, bytes: sizeBytes, skipped: 0 };
  }
  if (!isTar(head)) {
    throw new AppError(
      "BAD_INPUT",
      `${safeFileName(options.fileName)} is neither a tar archive nor an mp4, mov, avi or mkv video.`,
    );
  }
  return extractTar(path, destination, options);
}

async function extractTar(path: string, destination: string, options: ExtractOptions): Promise<Extraction> {
  const gate = new EntryGate(options);
  const unpack = new Unpack({
    cwd: destination,
    strict: true,
    noMtime: true,
    preserveOwner: false,
    filter: (_path, entry) => gate.admits(entry as ReadEntry),
  });
  const failure = new Promise<never>((_, reject) => {
    unpack.on("error", (err: unknown) => reject(damaged(err, destination)));
  });
  // Awaited below, in a race with whatever comes first.
  failure.catch(() => undefined);
  const next = (event: "drain" | "close") =>
    new Promise<void>((resolve) => unpack.once(event, () => resolve()));
  const closed = next("close");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    throwIfCanceled(options.signal);
    if (!unpack.write(chunk)) await Promise.race([failure, next("drain")]);
    gate.throwIfRefused();
  }
  unpack.end();
  await Promise.race([failure, closed]);
  gate.throwIfRefused();
  return gate.extraction;
}

/** Decides on each entry before a byte of it is written. */
class EntryGate {
  readonly #options: ExtractOptions;
  #refusal: AppError | null = null;
  #entries = 0;
  #bytes = 0;
  #skipped = 0;

  constructor(options: ExtractOptions) {
    this.#options = options;
  }

  get extraction(): Extraction {
    return { entries: this.#entries, bytes: this.#bytes, skipped: this.#skipped };
  }

  admits(entry: ReadEntry): boolean {
    if (this.#refusal !== null) return false;
    this.#entries++;
    this.#refusal = this.#objection(entry);
    if (this.#refusal !== null) return false;
    if (!FILE_TYPES.has(entry.type) && entry.type !== "Directory") {
      this.#skipped++;
      return false;
    }
    this.#bytes += entry.size;
    if (this.#bytes > this.#options.maxBytes) this.#refusal = tooManyBytes(this.#options);
    return this.#refusal === null;
  }

  throwIfRefused(): void {
    if (this.#refusal !== null) throw this.#refusal;
  }

  #objection(entry: ReadEntry): AppError | null {
    const { maxEntries } = this.#options;
    if (this.#entries > maxEntries) {
      return new AppError("LIMIT_EXCEEDED", `The archive holds more than ${maxEntries} files.`);
    }
    const isInside = !/^([/\\]|[a-z]:)/i.test(entry.path) && !entry.path.split(/[/\\]/).includes("..");
    if (isInside && !entry.path.includes("\0")) return null;
    return new AppError("BAD_INPUT", `The archive holds "${entry.path}", which leaves the folder it is for.`);
  }
}

/** The file system's reasons name the server's folder, which is nobody's business. */
function damaged(cause: unknown, destination: string): AppError {
  if (isAppError(cause)) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const reason = said.replaceAll(`${resolve(destination)}${sep}`, "").replaceAll(resolve(destination), ".");
  return new AppError("BAD_INPUT", `The archive is damaged: ${reason}.`, { cause });
}

function tooManyBytes(limits: ExtractLimits): AppError {
  return new AppError(
    "LIMIT_EXCEEDED",
    `The upload takes more than ${limits.maxBytes} bytes when extracted.`,
  );
}

function isTar(head: Buffer): boolean {
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  return isGzip || head.toString("latin1", 257, 262) === "ustar";
}

/** The last part of a name, with nothing in it that a file system could take for more than a name. */
function safeFileName(fileName: string): string {
  const name = basename(fileName.replaceAll("\\", "/")).replace(/[^\p{L}\p{N} ._-]/gu, "_");
  return name.replace(/^\.+/, "") || "video";
}

async function readHead(path: string): Promise<{ head: Buffer; sizeBytes: number }> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    return { head: buffer.subarray(0, bytesRead), sizeBytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
