// MNAD, both variants: Park, Noh, Ham, CVPR 2020. `paper` is the published code's settings.
import { z } from "zod";
import { inputFields, lambdaField, type Preset, SMALLER, trainingFields } from "./training.ts";

export const mnadHyperparametersSchema = z
  .strictObject({
    ...inputFields,
    items: z.int().min(2).max(4096).describe("number of memory items"),
    lossCompactness: z.number().min(0).max(10).describe("weight of the compactness loss"),
    lossSeparateness: z.number().min(0).max(10).describe("weight of the separateness loss"),
    lambda: lambdaField,
    gamma: z
      .number()
      .min(0)
      .max(1)
      .describe("a test frame updates the memory when its regular score is below this"),
    ...trainingFields,
  })
  .readonly();
export type MnadHyperparameters = z.infer<typeof mnadHyperparametersSchema>;

const predictionPaper: MnadHyperparameters = {
  size: 256,
  width: 64,
  items: 10,
  lossCompactness: 0.1,
  lossSeparateness: 0.1,
  lambda: 0.6,
  gamma: 0.01,
  learningRate: 2e-4,
  batchSize: 4,
  epochs: 60,
  seed: 0,
};

const reconstructionPaper: MnadHyperparameters = {
  ...predictionPaper,
  lossCompactness: 0.01,
  lossSeparateness: 0.01,
  lambda: 0.7,
  gamma: 0.015,
};

const presetsOf = (paper: MnadHyperparameters): Readonly<Record<Preset, MnadHyperparameters>> => ({
  paper,
  compact: { ...paper, ...SMALLER.compact },
  tiny: { ...paper, ...SMALLER.tiny },
});

export const mnadPredictionPresets = presetsOf(predictionPaper);
export const mnadReconstructionPresets = presetsOf(reconstructionPaper);
