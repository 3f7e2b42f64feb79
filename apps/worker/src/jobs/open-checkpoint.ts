// The checkpoint that a row names: a folder of the storage. Rows of an earlier version may name a single file.
import { AppError, isAppError } from "@engram/core";
import type { BlobFolder, BlobStore } from "@engram/storage";

/** @throws AppError NOT_FOUND; CORRUPT_CHECKPOINT for a single file, which is not read any more */
export async function openCheckpoint(blobs: BlobStore, hash: string): Promise<BlobFolder> {
  try {
    return await blobs.openFolder(hash);
  } catch (err) {
    if (!isAppError(err) || err.code !== "BAD_INPUT") throw err;
    throw new AppError(
      "CORRUPT_CHECKPOINT",
      "The checkpoint was written by an earlier version of the platform, which this one cannot read: train again.",
      { cause: err },
    );
  }
}
