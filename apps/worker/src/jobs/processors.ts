// How each kind of job is run. A processor is loaded only where it is needed: an import should not wait for the
// detectors.
import type { JobKind } from "@engram/core";
import type { JobContext } from "./job-context.ts";

type Process = (context: JobContext, input: unknown) => Promise<unknown>;

interface Processor {
  load(): Promise<Process>;
  /** then its device is opened before the job counts as running */
  readonly needsDevice: boolean;
}

const processors: Readonly<Record<JobKind, Processor>> = {
  INGEST: { load: async () => (await import("./ingest/processor.ts")).processIngest, needsDevice: false },
  TRAIN: { load: async () => (await import("./train/processor.ts")).processTrain, needsDevice: true },
  SCORE: { load: async () => (await import("./score/processor.ts")).processScore, needsDevice: true },
  EVALUATE: {
    load: async () => (await import("./evaluate/processor.ts")).processEvaluate,
    needsDevice: false,
  },
  EXPORT: { load: async () => (await import("./export/processor.ts")).processExport, needsDevice: true },
  IMPORT_MODEL: {
    load: async () => (await import("./import-model/processor.ts")).processImportModel,
    needsDevice: true,
  },
};

export function processorOf(kind: JobKind): Processor {
  return processors[kind];
}
