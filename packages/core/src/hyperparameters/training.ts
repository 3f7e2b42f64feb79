// What every architecture is trained with.
import { z } from "zod";
import { grouped } from "./group.ts";

export const presetSchema = z.enum(["paper", "compact", "tiny"]);
export type Preset = z.infer<typeof presetSchema>;

/** VALIDATION_AUROC: larger is better; the losses: smaller. */
export const monitorSchema = z.enum(["NONE", "VALIDATION_AUROC", "CALIBRATION_LOSS", "LOSS"]);
export type Monitor = z.infer<typeof monitorSchema>;

export const inputFields = grouped("NETWORK", {
  size: z
    .int()
    .min(16)
    .max(1024)
    .multipleOf(8)
    .meta({ description: "side of the square model input", unit: "pixels" }),
  width: z
    .int()
    .min(4)
    .max(128)
    .describe("channels of the first convolution; the deepest has eight times as many"),
});

const lambda = z.number().min(0).max(1).describe("share of PSNR in the score, the rest is feature distance");

export const scoreFields = grouped("SCORE", { lambda });

const stepFields = {
  learningRate: z.number().positive().max(1).describe("initial rate of Adam"),
  batchSize: z.int().min(1).max(64).describe("windows per training step"),
  epochs: z.int().min(1).max(1000).describe("passes over the training windows"),
  seed: z.int().min(0).max(0xffffffff).describe("seed of initialization, shuffling and augmentation"),
};

const augmentationFields = {
  shiftPixels: z
    .int()
    .min(0)
    .max(64)
    .default(0)
    .describe("training windows are shifted by up to so many pixels each way, edges mirrored; 0 = never"),
  flipHorizontal: z
    .boolean()
    .default(false)
    .describe("every second training window, by chance, is mirrored left to right"),
  flipVertical: z
    .boolean()
    .default(false)
    .describe("every second training window, by chance, is turned upside down"),
};

const earlyStoppingFields = {
  monitor: monitorSchema
    .default("NONE")
    .describe(
      "figure by which the best epoch becomes the model and training stops early; NONE: the last epoch",
    ),
  patience: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe("epochs without an improvement of the monitored figure after which training stops"),
  minimumDelta: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe("an improvement of the monitored figure by no more than this is none"),
};

export const trainingFields = {
  ...grouped("TRAINING", stepFields),
  ...grouped("AUGMENTATION", augmentationFields),
  ...grouped("EARLY_STOPPING", earlyStoppingFields),
};

/** What every preset of the video detectors says of augmentation and early stopping: nothing, as the published code. */
export const PUBLISHED_TRAINING = {
  shiftPixels: 0,
  flipHorizontal: false,
  flipVertical: false,
  monitor: "NONE",
  patience: 5,
  minimumDelta: 0,
} as const;

/** What `compact` and `tiny` change: a network of half and of an eighth of the published width, on smaller frames. */
export const SMALLER = {
  compact: { size: 128, width: 32, epochs: 10 },
  tiny: { size: 64, width: 8, epochs: 10 },
} as const;
