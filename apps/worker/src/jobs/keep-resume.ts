// How a job's attempt notes where the next one goes on.
import { AppError } from "@engram/core";
import { saveJobResume } from "@engram/db";
import type { JobContext } from "./job-context.ts";

/**
 * Points the job's row at a new blob, then removes the one that it pointed at before.
 *
 * @param resume what the row is to keep; names `blobHash`, which is this job's alone
 * @throws AppError CONFLICT where the job has been given to another attempt: its blobs are left to that one
 */
export async function keepResume(
  { db, blobs, job }: Pick<JobContext, "db" | "blobs" | "job">,
  resume: object,
  blobHash: string,
  previousHash: string | null,
): Promise<void> {
  const isOurs = await saveJobResume(db, job, resume);
  const needless = isOurs ? previousHash : blobHash;
  if (needless !== null && blobHash !== previousHash) await blobs.delete(needless);
  if (!isOurs) throw new AppError("CONFLICT", "The job has been given to another attempt.");
}
