// MemAE: Gong et al., ICCV 2019, over windows of frames and over pictures. `paper` is the published code's settings for
// video; for pictures, of which no code was published, the paper's network and our size.
import { z } from "zod";
import { backgroundFields, DEFAULT_BACKGROUND } from "./background.ts";
import { grouped } from "./group.ts";
import { inputFields, type Preset, PUBLISHED_TRAINING, trainingFields } from "./training.ts";

/** Halved four times, so a multiple of 16. */
const sizeField = inputFields.size
  .multipleOf(16)
  .meta({ description: "side of the square model input", unit: "pixels" });

const memoryFields = {
  ...grouped("MEMORY", {
    items: z.int().min(2).max(8192).describe("number of memory items"),
    shrink: z
      .number()
      .min(0)
      .max(0.5)
      .describe("shares of items below this become 0; a query whose shares are all below it reads nothing"),
    addressing: z
      .enum(["DOT", "COSINE"])
      .describe("how queries are compared with items: DOT as in the published code, COSINE as in the paper"),
  }),
  ...grouped("LOSS", {
    lossEntropy: z.number().min(0).max(10).describe("weight of the entropy of the shares"),
  }),
};

interface Addressing {
  readonly items: number;
  readonly shrink: number;
  readonly addressing: "DOT" | "COSINE";
}

/**
 * The largest share that an item can have of a query that equals it while the others are orthogonal to it, cosines taken
 * as they are: e / (e + items − 1).
 */
function largestCosineShare(items: number): number {
  return Math.E / (Math.E + items - 1);
}

/** Whether anything can be read at all: cosines, at most 1, lift no share above `shrink` where there are many items. */
function canRead({ addressing, items, shrink }: Addressing): boolean {
  return addressing === "DOT" || shrink < largestCosineShare(items);
}

const unreadable = {
  path: ["shrink"],
  error: ({ input }: { input?: unknown }) => {
    const { items, shrink } = input as Addressing;
    const most = largestCosineShare(items).toPrecision(2);
    return `with COSINE addressing of ${items} items no share comes above ${most}, so at ${shrink} every query would read nothing: take a smaller one, or DOT`;
  },
};

export const memaeHyperparametersSchema = z
  .strictObject({
    ...inputFields,
    size: sizeField,
    ...grouped("NETWORK", {
      width: z
        .int()
        .min(3)
        .max(192)
        .multipleOf(3)
        .describe("channels of the first convolution; the deepest has eight thirds as many"),
    }),
    ...memoryFields,
    ...grouped("TRAINING", {
      stride: z
        .int()
        .min(1)
        .max(64)
        .describe("frames from the start of a training window to that of the next"),
    }),
    ...trainingFields,
    ...backgroundFields,
  })
  .readonly()
  .refine(canRead, unreadable);
export type MemaeHyperparameters = z.infer<typeof memaeHyperparametersSchema>;

export const memaeImageHyperparametersSchema = z
  .strictObject({
    ...inputFields,
    size: sizeField,
    width: inputFields.width.describe(
      "channels of the first convolution; the deepest has four times as many",
    ),
    ...memoryFields,
    ...trainingFields,
    ...backgroundFields,
  })
  .readonly()
  .refine(canRead, unreadable);
export type MemaeImageHyperparameters = z.infer<typeof memaeImageHyperparametersSchema>;

const published = {
  addressing: "DOT",
  lossEntropy: 2e-4,
  learningRate: 1e-4,
  seed: 0,
  ...PUBLISHED_TRAINING,
  ...DEFAULT_BACKGROUND,
} as const;

const paper: MemaeHyperparameters = {
  ...published,
  ...{ size: 256, width: 96, items: 2000, shrink: 0.0025, stride: 1, batchSize: 10, epochs: 100 },
};

/** Some 3,000 small steps, not 23,000 of ten windows: the published rate would end before it has arrived. */
const smaller = { stride: 2, learningRate: 1e-3, batchSize: 4, epochs: 10 };

export const memaePresets: Readonly<Record<Preset, MemaeHyperparameters>> = {
  paper,
  compact: { ...paper, ...smaller, size: 128, width: 24, items: 500, shrink: 0.005 },
  tiny: { ...paper, ...smaller, size: 64, width: 12, items: 100, shrink: 0.02 },
};

const imagePaper: MemaeImageHyperparameters = {
  ...published,
  ...{ size: 256, width: 64, items: 500, shrink: 0.005, batchSize: 10, epochs: 100 },
};

const smallerImage = { learningRate: 1e-3, batchSize: 4, epochs: 10 };

export const memaeImagePresets: Readonly<Record<Preset, MemaeImageHyperparameters>> = {
  paper: imagePaper,
  compact: { ...imagePaper, ...smallerImage, size: 128, width: 32 },
  tiny: { ...imagePaper, ...smallerImage, size: 64, width: 8, items: 100, shrink: 0.02 },
};
