// MNAD, both variants: Park, Noh, Ham, CVPR 2020. `paper` is the published code's settings.
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

// Where the paper says one thing and its published code does another. The defaults are the code's.

const publishedLossFields = {
  distanceForm: z
    .enum(["MEAN_SQUARE", "L2_NORM"])
    .default("MEAN_SQUARE")
    .describe(
      "distance of a query from its item in compactness loss and score: mean square of the elements (code) or norm (paper)",
    ),
  lossReduction: z
    .enum(["MEAN", "SUM"])
    .default("MEAN")
    .describe("compactness and separateness losses: mean over the queries (code) or their sum (paper)"),
};

const publishedMemoryFields = {
  updateMaximum: z
    .enum(["ALL_QUERIES", "OWN_QUERIES"])
    .default("ALL_QUERIES")
    .describe(
      "what an update's weights are scaled by: the largest of all queries (code) or of the item's own (paper)",
    ),
  updateScope: z
    .enum(["BATCH", "FRAME"])
    .default("BATCH")
    .describe("an update's softmax runs over the queries of the whole batch (code) or of each frame (paper)"),
  gateError: z
    .enum(["ELEMENT_SQUARE", "PIXEL_NORM"])
    .default("ELEMENT_SQUARE")
    .describe(
      "error that the regular score is made of: square of each element (code) or norm of each pixel (paper)",
    ),
};

const publishedScoreFields = {
  psnrPeak: z
    .enum(["ONE", "FRAME_MAXIMUM"])
    .default("ONE")
    .describe("peak of PSNR: 1 (code) or the largest value of the frame that was made (paper)"),
};

const publishedCodeFields = {
  ...grouped("LOSS", publishedLossFields),
  ...grouped("MEMORY", publishedMemoryFields),
  ...grouped("SCORE", publishedScoreFields),
};

export const mnadHyperparametersSchema = z
  .strictObject({
    ...inputFields,
    ...grouped("MEMORY", { items: z.int().min(2).max(4096).describe("number of memory items") }),
    ...grouped("LOSS", {
      lossCompactness: z.number().min(0).max(10).describe("weight of the compactness loss"),
      lossSeparateness: z.number().min(0).max(10).describe("weight of the separateness loss"),
    }),
    ...scoreFields,
    ...grouped("MEMORY", {
      gamma: z
        .number()
        .min(0)
        .max(1)
        .describe("a test frame updates the memory when its regular score is below this"),
    }),
    ...trainingFields,
    ...backgroundFields,
    ...publishedCodeFields,
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
  distanceForm: "MEAN_SQUARE",
  lossReduction: "MEAN",
  updateMaximum: "ALL_QUERIES",
  updateScope: "BATCH",
  gateError: "ELEMENT_SQUARE",
  psnrPeak: "ONE",
  ...PUBLISHED_TRAINING,
  ...DEFAULT_BACKGROUND,
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
