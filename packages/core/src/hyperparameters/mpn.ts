// MPN: Lv et al., CVPR 2021. `paper` is the published code's settings.
import { z } from "zod";
import { backgroundFields, DEFAULT_BACKGROUND } from "./background.ts";
import { grouped } from "./group.ts";
import {
  inputFields,
  type Preset,
  PUBLISHED_TRAINING,
  SMALLER,
  scoreFields,
  trainingFields,
} from "./training.ts";

export const mpnHyperparametersSchema = z
  .strictObject({
    ...inputFields,
    ...grouped("MEMORY", {
      prototypes: z.int().min(2).max(256).describe("number of prototypes made of each frame"),
    }),
    ...grouped("LOSS", {
      lossFeature: z.number().min(0).max(10).describe("weight of the feature loss"),
      lossDistinct: z.number().min(0).max(10).describe("weight of the distinctness loss"),
    }),
    lambda: scoreFields.lambda.describe(
      "share of the frame's PSNR in the score, the rest is PSNR of the feature error",
    ),
    ...trainingFields,
    ...backgroundFields,
  })
  .readonly();
export type MpnHyperparameters = z.infer<typeof mpnHyperparametersSchema>;

const paper: MpnHyperparameters = {
  size: 256,
  width: 64,
  prototypes: 10,
  lossFeature: 1,
  lossDistinct: 1e-4,
  lambda: 0.5,
  learningRate: 1e-4,
  batchSize: 4,
  epochs: 60,
  seed: 0,
  ...PUBLISHED_TRAINING,
  ...DEFAULT_BACKGROUND,
};

export const mpnPresets: Readonly<Record<Preset, MpnHyperparameters>> = {
  paper,
  compact: { ...paper, ...SMALLER.compact },
  tiny: { ...paper, ...SMALLER.tiny },
};
