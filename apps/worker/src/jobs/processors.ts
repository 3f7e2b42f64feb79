// Which job kinds this worker can run. A kind without a processor is refused when a job of it starts.
import { AppError, type JobKind } from "@engram/core";
import { processEvaluate } from "./evaluate/processor.ts";
import { processIngest } from "./ingest/processor.ts";
import type { JobContext } from "./job-context.ts";
import { processScore } from "./score/processor.ts";
import { processTrain } from "./train/processor.ts";

interface Processor {
  readonly process: (context: JobContext, input: unknown) => Promise<unknown>;
  /** then its device is opened before the job counts as running */
  readonly needsDevice: boolean;
}

const processors: Readonly<Record<Exclude<JobKind, "EXPORT">, Processor>> = {
  INGEST: { process: processIngest, needsDevice: false },
  TRAIN: { process: processTrain, needsDevice: true },
  SCORE: { process: processScore, needsDevice: true },
  EVALUATE: { process: processEvaluate, needsDevice: false },
};

/** @throws AppError BAD_INPUT for a kind that no worker runs */
export function processorOf(kind: JobKind): Processor {
  if (kind === "EXPORT") throw new AppError("BAD_INPUT", "Jobs of kind EXPORT cannot be run by this worker.");
  return processors[kind];
}
