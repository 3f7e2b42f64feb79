// Where an interrupted training goes on: the last checkpoint, named in the job's row.
import {
  type Detector,
  MANIFEST_FILE,
  openTrainingCheckpoint,
  type ResumePoint,
  type TrainingCheckpoint,
  trainingCheckpointFiles,
} from "@engram/detectors";
import type { JobContext } from "../job-context.ts";
import { keepResume } from "../keep-resume.ts";
import { openCheckpoint } from "../open-checkpoint.ts";
import { readTrainResume } from "./resume-point.ts";

/** null where no earlier attempt came far enough, or its checkpoint is gone */
export async function loadCheckpoint({ job, blobs, log }: JobContext): Promise<ResumePoint | null> {
  const resume = readTrainResume(job.resume);
  if (resume === null) return null;
  if (!(await blobs.has(resume.checkpointHash))) {
    log.warn("The checkpoint of the last attempt is gone: training begins again.");
    return null;
  }
  return openTrainingCheckpoint(await openCheckpoint(blobs, resume.checkpointHash));
}

/** Each checkpoint takes the place of the one before. @throws AppError CONFLICT where the attempt is over */
export function createCheckpointSaver(
  context: JobContext,
  detector: Detector,
): (checkpoint: TrainingCheckpoint) => Promise<void> {
  let previous = readTrainResume(context.job.resume)?.checkpointHash ?? null;
  return async (checkpoint) => {
    const files = trainingCheckpointFiles(detector, checkpoint);
    const { hash: checkpointHash } = await context.blobs.putFolder(files, MANIFEST_FILE);
    await keepResume(context, { checkpointHash }, checkpointHash, previous);
    previous = checkpointHash;
  };
}
