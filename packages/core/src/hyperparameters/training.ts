// What every architecture is trained with.
import { z } from "zod";

export const presetSchema = z.enum(["paper", "compact", "tiny"]);
export type Preset = z.infer<typeof presetSchema>;

export const inputFields = {
  size: z.int().min(16).max(1024).multipleOf(8).describe("side of the square model input, in pixels"),
  width: z
    .int()
    .min(4)
    .max(128)
    .describe("channels of the first convolution; the deepest has eight times as many"),
};

export const lambdaField = z
  .number()
  .min(0)
  .max(1)
  .describe("share of PSNR in the score, the rest is feature distance");

export const trainingFields = {
  learningRate: z.number().positive().max(1).describe("initial rate of Adam"),
  batchSize: z.int().min(1).max(64).describe("windows per training step"),
  epochs: z.int().min(1).max(1000).describe("passes over the training windows"),
  seed: z.int().min(0).max(0xffffffff).describe("seed of initialization and shuffling"),
};

/** What `compact` and `tiny` change: a network of half and of an eighth of the published width, on smaller frames. */
export const SMALLER = {
  compact: { size: 128, width: 32, epochs: 10 },
  tiny: { size: 64, width: 8, epochs: 10 },
} as const;
