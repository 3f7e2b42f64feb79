// Where an interrupted training goes on: the last checkpoint, named in the job's row.

import { saveJobResume } from "@engram/db";
import {
  type Detector,
  decodeCheckpoint,
  encodeCheckpoint,
  type TrainingCheckpoint,
} from "@engram/detectors";
import type { JobContext } from "../job-context.ts";
import { readTrainResume } from "./resume-point.ts";

/** null where no earlier attempt came far enough, or its checkpoint is gone */
export async function loadCheckpoint({ job, blobs, log }: JobContext): Promise<TrainingCheckpoint | null> {
  const resume = readTrainResume(job.resume);
  if (resume === null) return null;
  if (!(await blobs.has(resume.checkpointHash))) {
    log.warn("The checkpoint of the last attempt is gone: training begins again.");
    return null;
  }
  return decodeCheckpoint(await blobs.read(resume.checkpointHash)).checkpoint;
}

/** Stores a checkpoint, and removes the one before once the job's row points at the new one. */
export function createCheckpointSaver(
  { job, db, blobs }: JobContext,
  detector: Detector,
): (checkpoint: TrainingCheckpoint) => Promise<void> {
  let previous = readTrainResume(job.resume)?.checkpointHash ?? null;
  return async (checkpoint) => {
    const { hash } = await blobs.put(encodeCheckpoint(detector, checkpoint));
    await saveJobResume(db, job, { checkpointHash: hash });
    if (previous !== null && previous !== hash) await blobs.delete(previous);
    previous = hash;
  };
}
