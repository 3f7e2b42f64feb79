// EVALUATE: events and evaluation of a finished run anew, from its stored scores.
import { AppError, type EvaluateInput } from "@engram/core";
import { findModelVersion, findScoringRun, listClips, listScoredClipIds } from "@engram/db";
import { concludeRun } from "../../evaluation/conclude-run.ts";
import type { JobContext } from "../job-context.ts";

export async function evaluate(context: JobContext, input: EvaluateInput): Promise<{ scoringRunId: string }> {
  const { db, job } = context;
  const run = await findScoringRun(db, job.projectId, input.scoringRunId);
  if (run === null) throw new AppError("NOT_FOUND", "The scoring run does not exist any more.");
  if (run.state !== "COMPLETE") {
    throw new AppError(
      "BAD_INPUT",
      `Scoring run ${run.number} is ${run.state}: only a complete one can be evaluated.`,
    );
  }
  const model = await findModelVersion(db, job.projectId, run.modelVersionId);
  if (model === null) throw new AppError("NOT_FOUND", "The run's model version does not exist any more.");
  const scored = new Set(await listScoredClipIds(db, run.id));
  const clips = await listClips(db, { projectId: job.projectId, datasetVersionId: run.datasetVersionId });
  await concludeRun(
    context,
    run,
    model,
    clips.filter((clip) => scored.has(clip.id)),
  );
  return { scoringRunId: run.id };
}
