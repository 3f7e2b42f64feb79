import type { Database } from "@engram/db";
import { readTrainResume } from "./resume-point.ts";

/** Blobs of the training that only a further attempt needs. */
export function trainLeftovers(resume: unknown): string[] {
  const at = readTrainResume(resume);
  return at === null ? [] : [at.checkpointHash];
}

/** A model version that was just written when the cancel came. */
export async function discardTraining({ prisma }: Database, jobId: string): Promise<void> {
  await prisma.modelVersion.deleteMany({ where: { trainJobId: jobId } });
}
