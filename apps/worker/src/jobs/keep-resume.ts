// How a job's attempt notes where the next one goes on.
import { AppError } from "@engram/core";
import { saveJobResume } from "@engram/db";
import type { JobContext } from "./job-context.ts";

/**
 * Points the job's row at new blobs, then removes those that it pointed at before and does no more.
 *
 * @param resume what the row is to keep; names `blobHashes`, which are this job's alone
 * @throws AppError CONFLICT where the job has been given to another attempt: its blobs are left to that one
 */
export async function keepResume(
  { db, blobs, job }: Pick<JobContext, "db" | "blobs" | "job">,
  resume: object,
  blobHashes: readonly string[],
  previousHashes: readonly string[],
): Promise<void> {
  const isOurs = await saveJobResume(db, job, resume);
  const [needless, needed] = isOurs ? [previousHashes, blobHashes] : [blobHashes, previousHashes];
  for (const hash of new Set(needless)) if (!needed.includes(hash)) await blobs.delete(hash);
  if (!isOurs) throw new AppError("CONFLICT", "The job has been given to another attempt.");
}
