// The shapes of the JSON columns, parsed wherever they cross a border: queue, worker, database, API.
import { z } from "zod";
import { withHyperparameters } from "./hyperparameters.ts";
import {
  type ClipKind,
  clipKindSchema,
  datasetLayoutSchema,
  exportFormatSchema,
  laneSchema,
  memoryModeSchema,
  precisionSchema,
  splitSchema,
} from "./vocabulary.ts";

/** Where an INGEST job takes its files from: an upload's archive, or a folder under ENGRAM_IMPORT_ROOTS. */
export const ingestSourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("UPLOAD"), uploadId: z.uuid() }),
  z.strictObject({ kind: z.literal("SERVER_PATH"), path: z.string().min(1).max(4096) }),
]);
export type IngestSource = z.infer<typeof ingestSourceSchema>;

export const ingestInputSchema = z.strictObject({
  source: ingestSourceSchema,
  datasetName: z.string().min(1).max(100),
  datasetSlug: z.string().min(1).max(100),
  /** null: detect */
  layout: datasetLayoutSchema.nullable(),
  /** only look, write the report, store nothing */
  isDryRun: z.boolean(),
});

/** How calibration frames are found where the data set has no such split. */
export const calibrationModeSchema = z.enum(["HOLD_OUT", "NONE"]);
export type CalibrationMode = z.infer<typeof calibrationModeSchema>;

export const trainInputSchema = withHyperparameters({
  datasetVersionId: z.uuid(),
  modelId: z.uuid(),
  calibration: calibrationModeSchema,
});

export const scoreInputSchema = z.strictObject({
  scoringRunId: z.uuid(),
  modelVersionId: z.uuid(),
  datasetVersionId: z.uuid(),
  /** jobs queued by an older version name neither */
  precision: precisionSchema.default("FP32"),
  memory: memoryModeSchema.default("UPDATE"),
});

export const evaluateInputSchema = z.strictObject({ scoringRunId: z.uuid() });

export const exportInputSchema = z.strictObject({ modelVersionId: z.uuid(), format: exportFormatSchema });

export type ExportInput = z.infer<typeof exportInputSchema>;
export type IngestInput = z.infer<typeof ingestInputSchema>;
export type TrainInput = z.infer<typeof trainInputSchema>;
export type ScoreInput = z.infer<typeof scoreInputSchema>;
export type EvaluateInput = z.infer<typeof evaluateInputSchema>;

export const jobProgressSchema = z.object({
  phase: z.string(),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string(),
  etaMs: z.number().nullable(),
  /** live figures of the phase, e.g. loss, millisecondsPerStep */
  figures: z.record(z.string(), z.number().nullable()),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

export const importReportSchema = z.object({
  layout: datasetLayoutSchema,
  clips: z.array(
    z.object({
      name: z.string(),
      split: splitSchema,
      /** reports of an older version speak of videos alone */
      kind: clipKindSchema.default("VIDEO"),
      frameCount: z.number(),
      width: z.number().nullable(),
      height: z.number().nullable(),
      frameRate: z.number().nullable(),
      isVariableFrameRate: z.boolean(),
      hasLabels: z.boolean(),
      hasMasks: z.boolean(),
      /** frames that have a mask of their own; null where an older version did not count them */
      maskedFrames: z.number().nullable().default(null),
      abnormalFrames: z.number().nullable(),
      /** one sentence where the clip was, or would be, quarantined */
      quarantineReason: z.string().nullable(),
    }),
  ),
  /** masks and label entries that belong to no clip */
  unmatched: z.array(z.string()),
  /** one sentence each */
  warnings: z.array(z.string()),
  totalBytes: z.number(),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/**
 * What a model version knows of normal frames. `samples` are raw lanes of calibration frames, the same frame at
 * the same index in every lane: at most 4096, evenly drawn.
 */
export const calibrationSchema = z.object({
  /** CALIBRATION_FRAMES: unseen by training. TRAINING_FRAMES: seen by it, so thresholds are too low */
  source: z.enum(["CALIBRATION_FRAMES", "TRAINING_FRAMES"]),
  frameCount: z.number().int(),
  samples: z.partialRecord(laneSchema, z.array(z.number())),
  /** 0.95 quantile over calibration frames of the per-frame maximum of the 3×3-smoothed error map, errors in [0, 1] */
  maskThreshold: z.number().nullable(),
  /** `backgroundQuantile` of all pixel errors of calibration frames; null where `backgroundMethod` is not CALIBRATED */
  backgroundError: z.number().nullable().default(null),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** A first decision policy: a mix of lanes against quantiles of the calibration frames. */
export const decisionPolicySchema = z
  .strictObject({
    /** weights of the lanes, summing to 1; each lane is standardized on the calibration frames first */
    mix: z.partialRecord(laneSchema, z.number().min(0).max(1)),
    /** an event opens when abnormality reaches this */
    enterThreshold: z.number().min(0).max(1),
    /** and closes when it falls below this */
    leaveThreshold: z.number().min(0).max(1),
    minDurationFrames: z.int().min(1).max(100_000),
    /** events closer than this are one */
    mergeGapFrames: z.int().min(0).max(100_000),
    /** moving mean over this many frames; 1 = none */
    smoothingFrames: z.int().min(1).max(301),
    /** CENTRED: as many frames after as before, an odd number in all. TRAILING: the past alone, as live footage needs it */
    smoothingAlignment: z.enum(["CENTRED", "TRAILING"]).default("CENTRED"),
  })
  .refine((rules) => rules.smoothingAlignment === "TRAILING" || rules.smoothingFrames % 2 === 1, {
    path: ["smoothingFrames"],
    message: "must be odd where smoothing is centred",
  })
  .refine((rules) => rules.leaveThreshold <= rules.enterThreshold, {
    path: ["leaveThreshold"],
    message: "must not exceed enterThreshold",
  });
export type DecisionPolicyRules = z.infer<typeof decisionPolicySchema>;

/** The rules as they are for a kind of clip: a picture has no neighbours to be smoothed or merged with, or to wait for. */
export function rulesForKind(rules: DecisionPolicyRules, kind: ClipKind): DecisionPolicyRules {
  if (kind === "VIDEO") return rules;
  return { ...rules, minDurationFrames: 1, mergeGapFrames: 0, smoothingFrames: 1 };
}

/** How far the exported graph is from the detector it was made of: largest absolute difference of each output. */
export const exportParitySchema = z.object({
  frames: z.number().int(),
  tolerance: z.number(),
  differences: z.record(z.string(), z.number()),
});
export type ExportParity = z.infer<typeof exportParitySchema>;

/** One compute device as a worker found it at its start. */
export const deviceReportSchema = z.object({
  id: z.string(),
  kind: z.enum(["compiled", "eager"]),
  /** READY: proven by a convolution and its gradients. NOT_INSTALLED: a package or library is missing. REFUSED: it is there and fails or computes wrongly */
  state: z.enum(["READY", "NOT_INSTALLED", "REFUSED"]),
  /** provider and version where READY, else why not: one sentence */
  description: z.string(),
  /** what "auto" takes */
  isDefault: z.boolean(),
  memoryBytes: z.number().nullable(),
  /** GFLOP/s of a small convolution, forward and backward, in float32 */
  gflops: z.number().nullable(),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

export const jobResultSchemas = {
  INGEST: z.object({ datasetVersionId: z.uuid().nullable(), report: importReportSchema }),
  TRAIN: z.object({ modelVersionId: z.uuid() }),
  SCORE: z.object({
    scoringRunId: z.uuid(),
    scoredFrames: z.number().int(),
    flaggedFrames: z.number().int(),
    memoryUpdates: z.number().int(),
    millisecondsPerFrame: z.number().nullable(),
  }),
  EVALUATE: z.object({ scoringRunId: z.uuid() }),
  IMPORT_MODEL: z.object({ modelVersionId: z.uuid() }),
  EXPORT: z.object({ modelExportId: z.uuid(), bundleHash: z.string(), parity: exportParitySchema }),
} as const;
