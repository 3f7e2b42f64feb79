// The bytes that somebody sent for a job.
import { AppError, type UploadPurpose } from "@engram/core";
import { findUpload, type Upload } from "@engram/db";
import type { JobContext } from "./job-context.ts";

/** @throws AppError NOT_FOUND; BAD_INPUT where it is not complete, or was made for something else */
export async function findCompleteUpload(
  { db, job }: Pick<JobContext, "db" | "job">,
  id: string,
  purpose: UploadPurpose,
): Promise<Upload & { readonly blobHash: string }> {
  const upload = await findUpload(db, job.projectId, id);
  if (upload === null) throw new AppError("NOT_FOUND", "There is no such upload.");
  if (upload.purpose !== purpose) {
    throw new AppError("BAD_INPUT", `The upload is for ${upload.purpose}, not for ${purpose}.`);
  }
  const { blobHash } = upload;
  if (blobHash === null) throw new AppError("BAD_INPUT", "The upload has not been completed.");
  return { ...upload, blobHash };
}
