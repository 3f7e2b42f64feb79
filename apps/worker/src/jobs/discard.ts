// What a job leaves behind is removed by whoever ends it, since its own process may have been killed. The database
// itself takes back the dataset version of an import that did not end well.

import type { Database, Job } from "@engram/db";
import type { BlobStore } from "@engram/storage";
import { discardScores, scoreLeftovers } from "./score/discard.ts";
import { discardTraining, trainLeftovers } from "./train/discard.ts";

/** After SUCCEEDED: what only another attempt would have needed. */
export async function tidyUpJob(blobs: BlobStore, job: Job): Promise<void> {
  for (const hash of leftovers(job)) await blobs.delete(hash);
}

/** After CANCELED or FAILED: that, and results that would be half of something. */
export async function discardJob(db: Database, blobs: BlobStore, job: Job): Promise<void> {
  if (job.kind === "SCORE") await discardScores(db, job.id);
  if (job.kind === "TRAIN") await discardTraining(db, job.id);
  await tidyUpJob(blobs, job);
}

function leftovers(job: Job): string[] {
  switch (job.kind) {
    case "TRAIN":
      return trainLeftovers(job.resume);
    case "SCORE":
      return scoreLeftovers(job.resume);
    case "INGEST":
    case "EVALUATE":
    case "EXPORT":
      return [];
    default:
      throw job.kind satisfies never;
  }
}
