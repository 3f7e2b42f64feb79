// PMB: Xing, Li, IEEE TCSVT 33(8), 2023. No code was published: every value here is our choice, in `paper` as well.
import { z } from "zod";
import { backgroundFields, DEFAULT_BACKGROUND } from "./background.ts";
import { grouped } from "./group.ts";
import { inputFields, type Preset, PUBLISHED_TRAINING, trainingFields } from "./training.ts";

/** What joins encoder and decoder at a level: nothing, the features as they are, or what a memory makes of them. */
const LEVEL = "(none|skip|pmb)";

export const pmbHyperparametersSchema = z
  .strictObject({
    ...inputFields,
    size: inputFields.size.multipleOf(16),
    ...grouped("NETWORK", {
      levels: z
        .string()
        .regex(
          new RegExp(`^${LEVEL}(,${LEVEL}){3}$`),
          "must be four of none, skip and pmb, with commas between",
        )
        .describe("what joins encoder and decoder at the four levels, finest first: none, skip or pmb"),
    }),
    ...grouped("MEMORY", {
      grid: z
        .int()
        .min(1)
        .max(16)
        .describe("cells along each side of a level's features, each with a memory of its own"),
      items: z.int().min(2).max(1024).describe("memory items of each cell"),
      sharpness: z
        .number()
        .min(1)
        .max(100)
        .describe("factor of the cosine similarity before the softmax over a cell's items"),
      shrink: z
        .number()
        .min(0)
        .max(0.5)
        .describe("shares of items below this become 0; a query whose shares are all below it reads nothing"),
    }),
    ...grouped("LOSS", {
      lossEntropy: z.number().min(0).max(10).describe("weight of the entropy of the shares"),
    }),
    ...grouped("AUGMENTATION", {
      stains: z
        .int()
        .min(0)
        .max(16)
        .describe(
          "ellipses painted over each training picture, which the network must take away again; 0: none",
        ),
    }),
    ...trainingFields,
    ...backgroundFields,
  })
  .readonly();
export type PmbHyperparameters = z.infer<typeof pmbHyperparametersSchema>;

const paper: PmbHyperparameters = {
  size: 256,
  width: 32,
  levels: "skip,pmb,skip,pmb",
  grid: 4,
  items: 32,
  sharpness: 10,
  shrink: 0.02,
  lossEntropy: 2e-4,
  stains: 3,
  learningRate: 1e-3,
  batchSize: 4,
  epochs: 300,
  seed: 0,
  ...PUBLISHED_TRAINING,
  ...DEFAULT_BACKGROUND,
  // A picture of a thing before a background has an error histogram of two humps: what ends the first says nothing of the
  // second. And normal edges are as far off as defects: a high quantile would take the defects away with them.
  backgroundMethod: "CALIBRATED",
  backgroundQuantile: 0.8,
};

/** A set of pictures holds tens of them, not thousands of frames: so many more epochs. */
export const pmbPresets: Readonly<Record<Preset, PmbHyperparameters>> = {
  paper,
  compact: { ...paper, size: 128, width: 16, items: 16, epochs: 100 },
  tiny: { ...paper, size: 64, width: 8, grid: 2, items: 16, epochs: 60 },
};
