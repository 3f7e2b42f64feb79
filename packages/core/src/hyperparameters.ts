// The architectures that can be trained, and their hyper-parameters: the API, the command line and the forms are
// derived from the tables here. A new architecture is a line in each.
import { z } from "zod";
import { AppError } from "./errors.ts";
import { describeFields, type HyperparameterInfo } from "./hyperparameters/describe.ts";
import {
  type MemaeHyperparameters,
  type MemaeImageHyperparameters,
  memaeHyperparametersSchema,
  memaeImageHyperparametersSchema,
  memaeImagePresets,
  memaePresets,
} from "./hyperparameters/memae.ts";
import {
  type MnadHyperparameters,
  mnadHyperparametersSchema,
  mnadPredictionPresets,
  mnadReconstructionPresets,
} from "./hyperparameters/mnad.ts";
import { type MpnHyperparameters, mpnHyperparametersSchema, mpnPresets } from "./hyperparameters/mpn.ts";
import { type PmbHyperparameters, pmbHyperparametersSchema, pmbPresets } from "./hyperparameters/pmb.ts";
import type { Preset } from "./hyperparameters/training.ts";
import { type Architecture, architectureSchema, type Lane } from "./vocabulary.ts";

/** The others of the vocabulary have no detector yet. */
export const trainableArchitectureSchema = architectureSchema.extract([
  "MNAD_PREDICTION",
  "MNAD_RECONSTRUCTION",
  "MEMAE",
  "MEMAE_IMAGE",
  "MPN",
  "PMB",
]);
export type TrainableArchitecture = z.infer<typeof trainableArchitectureSchema>;

export interface HyperparametersOf {
  readonly MNAD_PREDICTION: MnadHyperparameters;
  readonly MNAD_RECONSTRUCTION: MnadHyperparameters;
  readonly MEMAE: MemaeHyperparameters;
  readonly MEMAE_IMAGE: MemaeImageHyperparameters;
  readonly MPN: MpnHyperparameters;
  readonly PMB: PmbHyperparameters;
}
export type Hyperparameters = HyperparametersOf[TrainableArchitecture];

const SCHEMAS = {
  MNAD_PREDICTION: mnadHyperparametersSchema,
  MNAD_RECONSTRUCTION: mnadHyperparametersSchema,
  MEMAE: memaeHyperparametersSchema,
  MEMAE_IMAGE: memaeImageHyperparametersSchema,
  MPN: mpnHyperparametersSchema,
  PMB: pmbHyperparametersSchema,
} as const;

const PRESETS: { readonly [A in TrainableArchitecture]: Readonly<Record<Preset, HyperparametersOf[A]>> } = {
  MNAD_PREDICTION: mnadPredictionPresets,
  MNAD_RECONSTRUCTION: mnadReconstructionPresets,
  MEMAE: memaePresets,
  MEMAE_IMAGE: memaeImagePresets,
  MPN: mpnPresets,
  PMB: pmbPresets,
};

/** For someone who has to choose: what each does, in a sentence. */
export const ARCHITECTURE_SUMMARY: Readonly<Record<TrainableArchitecture, string>> = {
  MNAD_PREDICTION:
    "Video: predicts each frame from the four before it; for what moves or looks unlike the normal.",
  MNAD_RECONSTRUCTION:
    "Video or pictures: rebuilds each frame from itself through the memory; for looks, not motion.",
  MEMAE: "Video: rebuilds 16 frames at once through a sparse memory; for what moves unlike the normal.",
  MEMAE_IMAGE: "Pictures: rebuilds each from a sparse memory of parts of normal ones.",
  MPN: "Video: predicts each frame from four, by prototypes that it makes of those four: no memory to fill.",
  PMB: "Pictures: rebuilds each from memories of its parts, by place; for defects on products that lie alike.",
};

/** Consecutive frames of a window, of which one gets a score. */
export const WINDOW_FRAMES: Readonly<Record<TrainableArchitecture, number>> = {
  MNAD_PREDICTION: 5,
  MNAD_RECONSTRUCTION: 1,
  MEMAE: 16,
  MEMAE_IMAGE: 1,
  MPN: 5,
  PMB: 1,
};

const GATED: readonly Architecture[] = ["MNAD_PREDICTION", "MNAD_RECONSTRUCTION"];

/** Whether scored frames that are normal enough change the memory, and so the scores of those after them. */
export function hasGatedMemory(architecture: Architecture): boolean {
  return GATED.includes(architecture);
}

/** What every scored frame has. */
const ERROR_LANES = ["PREDICTION_ERROR", "REGION_ERROR", "PEAK_ERROR", "CORRECTED_ERROR", "PSNR"] as const;
const MNAD_LANES = [...ERROR_LANES, "FEATURE_DISTANCE", "REGULAR_SCORE"] as const;

/** The raw components that a scored frame has. */
export const LANES: Readonly<Record<TrainableArchitecture, readonly Lane[]>> = {
  MNAD_PREDICTION: MNAD_LANES,
  MNAD_RECONSTRUCTION: MNAD_LANES,
  MEMAE: [...ERROR_LANES, "ABSOLUTE_ERROR"],
  MEMAE_IMAGE: [...ERROR_LANES, "ABSOLUTE_ERROR"],
  MPN: [...ERROR_LANES, "FEATURE_DISTANCE", "FEATURE_PSNR"],
  PMB: ERROR_LANES,
};

/** A strict object of `shape` with an architecture and hyper-parameters that belong together. */
export function withHyperparameters<S extends z.ZodRawShape>(shape: S) {
  const option = <A extends TrainableArchitecture>(architecture: A) =>
    z.strictObject({
      ...shape,
      architecture: z.literal(architecture),
      hyperparameters: SCHEMAS[architecture],
    });
  return z.discriminatedUnion("architecture", [
    option("MNAD_PREDICTION"),
    option("MNAD_RECONSTRUCTION"),
    option("MEMAE"),
    option("MEMAE_IMAGE"),
    option("MPN"),
    option("PMB"),
  ]);
}

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

/** `MNAD_PREDICTION` → `mnadPrediction`: its field in the API's one-of input. */
export function architectureField(architecture: Architecture): string {
  return architecture.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The preset with the given values laid over it. @throws AppError BAD_INPUT naming the field */
export function resolveHyperparameters<A extends TrainableArchitecture>(
  architecture: A,
  preset: Preset,
  overrides: Readonly<Record<string, unknown>> = {},
): HyperparametersOf[A] {
  const given = Object.fromEntries(
    Object.entries(overrides).filter(([, value]) => value !== undefined && value !== null),
  );
  return parseHyperparameters(architecture, { ...PRESETS[architecture][preset], ...given });
}

/** All hyper-parameters of the architecture, checked. @throws AppError BAD_INPUT naming the field */
export function parseHyperparameters<A extends TrainableArchitecture>(
  architecture: A,
  values: unknown,
): HyperparametersOf[A] {
  const schemas: { readonly [B in TrainableArchitecture]: z.ZodType<HyperparametersOf[B]> } = SCHEMAS;
  const parsed = schemas[architecture].safeParse(values);
  if (parsed.success) return parsed.data;
  const { name, message } = firstFault(parsed.error);
  const field = name === "" ? "hyperparameters" : `hyperparameters.${name}`;
  throw new AppError("BAD_INPUT", `${field}: ${message}`, { field });
}

export interface HyperparameterFault {
  /** empty where it is none in particular */
  readonly name: string;
  readonly message: string;
}

/** The first of some hyper-parameters that is unknown or out of its range; null where all may be laid over a preset. */
export function findHyperparameterFault(
  architecture: TrainableArchitecture,
  values: Readonly<Record<string, unknown>>,
): HyperparameterFault | null {
  const parsed = SCHEMAS[architecture].unwrap().partial().safeParse(values);
  return parsed.success ? null : firstFault(parsed.error);
}

function firstFault({ issues: [issue] }: z.ZodError): HyperparameterFault {
  const name = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
  return { name: name ?? "", message: issue?.message ?? "invalid" };
}

/** What forms, help texts and inputs need to know of each hyper-parameter, in the schema's order. */
export function describeHyperparameters(architecture: TrainableArchitecture): HyperparameterInfo[] {
  return describeFields(SCHEMAS[architecture], PRESETS[architecture]);
}
