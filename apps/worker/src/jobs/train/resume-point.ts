// What the row of a TRAIN job keeps for its next attempt. Apart from resume.ts, so that the worker's own process can
// read it without loading the detectors.
import { type TrainResume, trainResumeSchema } from "@engram/core";

export function readTrainResume(resume: unknown): TrainResume | null {
  return trainResumeSchema.nullable().parse(resume ?? null);
}

/** The checkpoints that it names, each once. */
export function checkpointsOf(resume: TrainResume | null): string[] {
  if (resume === null) return [];
  const { checkpointHash, bestCheckpointHash } = resume;
  return bestCheckpointHash === null || bestCheckpointHash === checkpointHash
    ? [checkpointHash]
    : [checkpointHash, bestCheckpointHash];
}
