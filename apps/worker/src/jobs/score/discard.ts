import type { Database } from "@engram/db";
import { readScoreResume } from "./resume.ts";

/** Blobs of the run that only a further attempt needs. */
export function scoreLeftovers(resume: unknown): string[] {
  const at = readScoreResume(resume);
  return at === null ? [] : [at.memoryHash];
}

/** All scores of the job's run; the run itself stays, canceled or failed. */
export async function discardScores({ prisma }: Database, jobId: string): Promise<void> {
  const where = { scoringRun: { jobId } };
  await prisma.$transaction([
    prisma.event.deleteMany({ where }),
    prisma.localizationMask.deleteMany({ where }),
    prisma.errorMapBlock.deleteMany({ where }),
    prisma.errorHistogramBlock.deleteMany({ where }),
    prisma.scorePyramid.deleteMany({ where }),
    prisma.frameScoreBlock.deleteMany({ where }),
  ]);
}
