import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@engram/core";
import type { BlobStore } from "./blob-store.ts";
import { FolderBlobStore } from "./folder-blob-store.ts";

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/**
 * The blob store at a `file:` URL or a folder's path. The folder is made by the first `put`.
 *
 * @throws AppError BAD_INPUT for any other scheme
 */
export function createBlobStore(url: string): BlobStore {
  const scheme = isAbsolute(url) ? undefined : SCHEME.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return new FolderBlobStore(resolve(url));
  if (scheme === "file") return new FolderBlobStore(fileURLToPath(url));
  throw new AppError(
    "BAD_INPUT",
    `Blobs cannot be stored at a ${scheme}: address: only file: and folder paths are supported now.`,
  );
}
