// What the row of a TRAIN job keeps for its next attempt. Apart from resume.ts, so that the worker's own process can
// read it without loading the detectors.
import { z } from "zod";

const trainResumeSchema = z.strictObject({ checkpointHash: z.string() });

export function readTrainResume(resume: unknown): z.infer<typeof trainResumeSchema> | null {
  return trainResumeSchema.nullable().parse(resume ?? null);
}
