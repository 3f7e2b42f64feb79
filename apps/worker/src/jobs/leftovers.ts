// Blobs that only a further attempt would have needed are removed when a job has ended, by whoever notices: its own
// process may have been killed, and a queued job is canceled without any worker. The rows are the database's to take
// back.
import { clearJobResume, type Database, type EndedJob, findKeptCheckpoints } from "@engram/db";
import type { BlobStore } from "@engram/storage";
import { readScoreResume } from "./score/resume.ts";
import { checkpointsOf, readTrainResume } from "./train/resume-point.ts";

export async function removeLeftovers(db: Database, blobs: BlobStore, job: EndedJob): Promise<void> {
  if (job.resume === null) return;
  const kept = await findKeptCheckpoints(db, job.id);
  for (const hash of leftovers(job)) if (!kept.includes(hash)) await blobs.delete(hash);
  await clearJobResume(db, job.id);
}

function leftovers({ kind, resume }: EndedJob): string[] {
  switch (kind) {
    case "TRAIN":
      return checkpointsOf(readTrainResume(resume));
    case "SCORE": {
      const at = readScoreResume(resume);
      return at === null ? [] : [at.memoryHash];
    }
    case "INGEST":
    case "EVALUATE":
    case "EXPORT":
    case "IMPORT_MODEL":
      return [];
    default:
      throw kind satisfies never;
  }
}
