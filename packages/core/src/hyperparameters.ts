// Hyper-parameter schemas per architecture: the API, the command line and the forms are derived from them.
import { z } from "zod";
import { AppError } from "./errors.ts";
import { type Architecture, architectureSchema } from "./vocabulary.ts";

export const presetSchema = z.enum(["paper", "compact", "tiny"]);
export type Preset = z.infer<typeof presetSchema>;

export const mnadPredictionHyperparametersSchema = z
  .strictObject({
    size: z.int().min(16).max(1024).multipleOf(8).describe("side of the square model input, in pixels"),
    width: z
      .int()
      .min(4)
      .max(128)
      .describe("channels of the first convolution; the deepest has eight times as many"),
    items: z.int().min(2).max(4096).describe("number of memory items"),
    lossCompactness: z.number().min(0).max(10).describe("weight of the compactness loss"),
    lossSeparateness: z.number().min(0).max(10).describe("weight of the separateness loss"),
    lambda: z.number().min(0).max(1).describe("share of PSNR in the score, the rest is feature distance"),
    gamma: z
      .number()
      .min(0)
      .max(1)
      .describe("a test frame updates the memory when its regular score is below this"),
    learningRate: z.number().positive().max(1).describe("initial rate of Adam, cosine-annealed per epoch"),
    batchSize: z.int().min(1).max(64).describe("windows per training step"),
    epochs: z.int().min(1).max(1000).describe("passes over the training windows"),
    seed: z.int().min(0).max(0xffffffff).describe("seed of initialization and shuffling"),
  })
  .readonly();
export type MnadPredictionHyperparameters = z.infer<typeof mnadPredictionHyperparametersSchema>;

const mnadPredictionPaper: MnadPredictionHyperparameters = {
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

const mnadPredictionPresets: Readonly<Record<Preset, MnadPredictionHyperparameters>> = {
  paper: mnadPredictionPaper,
  compact: { ...mnadPredictionPaper, size: 128, width: 32, epochs: 10 },
  tiny: { ...mnadPredictionPaper, size: 64, width: 8, epochs: 10 },
};

/** Architectures that can be trained; the others of the vocabulary have no detector yet. */
export const trainableArchitectureSchema = architectureSchema.extract(["MNAD_PREDICTION"]);
export type TrainableArchitecture = z.infer<typeof trainableArchitectureSchema>;

/** Fewest frames a clip needs to be of use: the input window and the frame it predicts. */
export const WINDOW_FRAMES: Readonly<Record<TrainableArchitecture, number>> = { MNAD_PREDICTION: 5 };

/** `mnad-prediction`, `MNAD_PREDICTION` → the architecture. @throws AppError UNKNOWN_ARCHITECTURE */
export function parseArchitecture(text: string): TrainableArchitecture {
  const parsed = trainableArchitectureSchema.safeParse(text.toUpperCase().replaceAll("-", "_"));
  if (parsed.success) return parsed.data;
  const known = trainableArchitectureSchema.options.map(architectureSlug).join(", ");
  throw new AppError("UNKNOWN_ARCHITECTURE", `Unknown architecture "${text}": expected one of ${known}.`, {
    field: "architecture",
  });
}

export function architectureSlug(architecture: Architecture): string {
  return architecture.toLowerCase().replaceAll("_", "-");
}

/** The preset with the given values laid over it. @throws AppError BAD_INPUT naming the field */
export function resolveHyperparameters(
  architecture: TrainableArchitecture,
  preset: Preset,
  overrides: Readonly<Record<string, unknown>> = {},
): MnadPredictionHyperparameters {
  switch (architecture) {
    case "MNAD_PREDICTION": {
      const given = Object.fromEntries(
        Object.entries(overrides).filter(([, value]) => value !== undefined && value !== null),
      );
      const parsed = mnadPredictionHyperparametersSchema.safeParse({
        ...mnadPredictionPresets[preset],
        ...given,
      });
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0];
      const name = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
      const field = name ? `hyperparameters.${name}` : "hyperparameters";
      throw new AppError("BAD_INPUT", `${field}: ${issue?.message ?? "invalid"}`, { field });
    }
    default:
      throw architecture satisfies never;
  }
}
