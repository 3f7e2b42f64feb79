// The parts of a checkpoint that are JSON: its manifest, and where a training stood. Parsed whenever one is read.
import { z } from "zod";
import { withHyperparameters } from "./hyperparameters.ts";
import { epochMetricsSchema, lossFields } from "./training.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const lengthSchema = z.int().min(0);

/** Grows when a reader of the last one could no longer read what is written. */
export const CHECKPOINT_FORMAT_VERSION = 1;

/**
 * `manifest.json`, the root of a checkpoint's directory. It says nothing of when it was written, or by which job: equal
 * trainings give equal checkpoints.
 */
export const checkpointManifestSchema = withHyperparameters({
  format: z.literal("engram-checkpoint"),
  formatVersion: z.literal(CHECKPOINT_FORMAT_VERSION),
  /** MODEL: what scoring needs. TRAINING: that, the optimizer's moments and where the training stood */
  kind: z.enum(["MODEL", "TRAINING"]),
  /** of the package that wrote it */
  codeVersion: z.string(),
  /** every other file of the directory, by name */
  files: z.record(z.string(), z.strictObject({ sha256: sha256Schema, sizeBytes: lengthSchema })),
  /** every tensor of those files, by name; the sha256 is of its bytes alone, little-endian, row-major */
  tensors: z.record(
    z.string(),
    z.strictObject({
      file: z.string(),
      dtype: z.enum(["float32", "int32", "bool"]),
      shape: z.array(lengthSchema),
      sha256: sha256Schema,
    }),
  ),
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;

/** Where a training run stands. Shuffling follows from seed and epoch, so there is no generator to store. */
export const trainingPositionSchema = z
  .strictObject({
    /** epoch under way, 0-based, and the steps of it that are done */
    epoch: lengthSchema,
    step: lengthSchema,
    /** sums of the losses over those steps */
    lossSums: z.strictObject(lossFields).readonly(),
    /** spent in this epoch */
    elapsedSeconds: z.number(),
    /** part of that in which a step waited for its batch */
    inputWaitSeconds: z.number().default(0),
    /** sums of the shares of each memory item over those steps; empty before the first, and where there are no items */
    itemShareSums: z.array(z.number()).default([]),
    finishedEpochs: z.array(epochMetricsSchema),
    millisecondsPerStep: z.number().nullable(),
    /** training windows of an epoch: a resumed run must find as many */
    windowCount: lengthSchema,
  })
  .readonly();
export type TrainingPosition = z.infer<typeof trainingPositionSchema>;
