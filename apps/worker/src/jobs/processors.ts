// Which job kinds this worker can run. A kind without a processor is refused when a job of it starts. Each is loaded
// only where it is needed: an import should not wait for the detectors.
import { AppError, type JobKind } from "@engram/core";
import type { JobContext } from "./job-context.ts";

type Process = (context: JobContext, input: unknown) => Promise<unknown>;

interface Processor {
  load(): Promise<Process>;
  /** then its device is opened before the job counts as running */
  readonly needsDevice: boolean;
}

const processors: Readonly<Record<Exclude<JobKind, "EXPORT">, Processor>> = {
  INGEST: { load: async () => (await import("./ingest/processor.ts")).processIngest, needsDevice: false },
  TRAIN: { load: async () => (await import("./train/processor.ts")).processTrain, needsDevice: true },
  SCORE: { load: async () => (await import("./score/processor.ts")).processScore, needsDevice: true },
  EVALUATE: {
    load: async () => (await import("./evaluate/processor.ts")).processEvaluate,
    needsDevice: false,
  },
};

/** @throws AppError BAD_INPUT for a kind that no worker runs */
export function processorOf(kind: JobKind): Processor {
  if (kind === "EXPORT") throw new AppError("BAD_INPUT", "Jobs of kind EXPORT cannot be run by this worker.");
  return processors[kind];
}
