// What a training tells of itself: the figures of every epoch, and of the whole once it has ended.
import { z } from "zod";
import { monitorSchema } from "./hyperparameters/training.ts";

/** What a loss may be made of beside the pixel loss: each architecture has its own. */
export const lossTermSchema = z.enum([
  "compactness",
  "separateness",
  "featureLoss",
  "distinctLoss",
  "entropy",
]);
export type LossTerm = z.infer<typeof lossTermSchema>;

export const lossFields = {
  loss: z.number(),
  pixelLoss: z.number(),
  compactness: z.number().optional(),
  separateness: z.number().optional(),
  featureLoss: z.number().optional(),
  distinctLoss: z.number().optional(),
  entropy: z.number().optional(),
} satisfies Record<"loss" | "pixelLoss" | LossTerm, z.ZodType>;

/** Memories of more items tell how many are dead and how evenly they are used, not each item's share. */
export const MAX_LISTED_ITEMS = 64;

/** Which memory items the queries of an epoch were addressed to. */
export const memoryUsageSchema = z.object({
  items: z.int(),
  /** share of the epoch's queries by item, summing to 1; null of a memory of more than MAX_LISTED_ITEMS items */
  shares: z.array(z.number()).nullable(),
  /** items whose share is 0: no query came to them in the whole epoch */
  deadItems: z.int(),
  /** −Σ share · ln share, in nats: 0 where one item takes every query, ln(items) where all take as many */
  entropy: z.number(),
});
export type MemoryUsage = z.infer<typeof memoryUsageSchema>;

/** What is null was not measured, or not yet by the version that trained. */
export const epochMetricsSchema = z.object({
  /** 0-based */
  epoch: z.int(),
  learningRate: z.number(),
  /** means over the steps */
  ...lossFields,
  seconds: z.number(),
  /** part of `seconds` in which a step waited for its batch */
  inputWaitSeconds: z.number().nullable().default(null),
  memory: memoryUsageSchema.nullable().default(null),
  /** frame AUROC of the labelled validation clips at the end of the epoch, under MNAD's protocol with frozen memory */
  validationAuroc: z.number().nullable().default(null),
  /** mean squared error of calibration frames at the end of the epoch, as they are scored; frames in [-1, 1], the scale of pixelLoss */
  calibrationLoss: z.number().nullable().default(null),
});
export type EpochMetrics = z.infer<typeof epochMetricsSchema>;

export const trainingMetricsSchema = z.object({
  epochs: z.array(epochMetricsSchema),
  steps: z.number().int(),
  /** median over the steps of the run, the first (which compiles) left out */
  millisecondsPerStep: z.number().nullable(),
  device: z.string(),
  parameterCount: z.number().int(),
  /** 0-based epoch at whose end the model stood as it is; null where an older version trained, whose models are of the last */
  modelEpoch: z.int().nullable().default(null),
  /** the best epoch by the monitored figure; null where none is monitored */
  best: z.object({ monitor: monitorSchema, epoch: z.int(), value: z.number() }).nullable().default(null),
  /** the epoch after which training stopped before its last, and one sentence that says why; null where it ran through */
  earlyStop: z.object({ epoch: z.int(), reason: z.string() }).nullable().default(null),
});
export type TrainingMetrics = z.infer<typeof trainingMetricsSchema>;

/** What the row of a TRAIN job keeps for its next attempt; the finished epochs are also shown while it runs. */
export const trainResumeSchema = z.strictObject({
  checkpointHash: z.string(),
  /** checkpoint of the best epoch so far; null where none is monitored */
  bestCheckpointHash: z.string().nullable().default(null),
  epochs: z.array(epochMetricsSchema).default([]),
});
export type TrainResume = z.infer<typeof trainResumeSchema>;
