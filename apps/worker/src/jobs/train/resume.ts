// Where an interrupted training goes on: the last checkpoint, named in the job's row.
import {
  type Detector,
  decodeCheckpoint,
  encodeCheckpoint,
  type TrainingCheckpoint,
} from "@engram/detectors";
import type { JobContext } from "../job-context.ts";
import { keepResume } from "../keep-resume.ts";
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

/** Each checkpoint takes the place of the one before. @throws AppError CONFLICT where the attempt is over */
export function createCheckpointSaver(
  context: JobContext,
  detector: Detector,
): (checkpoint: TrainingCheckpoint) => Promise<void> {
  let previous = readTrainResume(context.job.resume)?.checkpointHash ?? null;
  return async (checkpoint) => {
    const { hash: checkpointHash } = await context.blobs.put(encodeCheckpoint(detector, checkpoint));
    await keepResume(context, { checkpointHash }, checkpointHash, previous);
    previous = checkpointHash;
  };
}
