// Checkpoints and model files: safetensors whose metadata says which detector the tensors belong to.
import {
  AppError,
  mnadPredictionHyperparametersSchema,
  trainableArchitectureSchema,
  trainingMetricsSchema,
} from "@engram/core";
import { decodeSafetensors, encodeSafetensors, type TensorDataMap, type TensorSpec } from "@engram/engine";
import packageJson from "../package.json" with { type: "json" };
import type { Detector } from "./detector.ts";
import { createDetector } from "./registry.ts";
import { LOSSES, type TrainingCheckpoint, type TrainingPosition } from "./training-position.ts";

const CHECKPOINT_FORMAT = "engram-checkpoint-1";
const MODEL_FORMAT = "engram-model-1";

/** The whole state of a training run: what `trainDetector` needs to go on to the same numbers. */
export function encodeCheckpoint(detector: Detector, checkpoint: TrainingCheckpoint): Uint8Array {
  const position = JSON.stringify(checkpoint.position);
  return encodeSafetensors(checkpoint.state, { ...describe(detector, CHECKPOINT_FORMAT), position });
}

/** @throws AppError CORRUPT_CHECKPOINT where the bytes are not a whole checkpoint of a known format */
export function decodeCheckpoint(bytes: Uint8Array): {
  readonly detector: Detector;
  readonly checkpoint: TrainingCheckpoint;
} {
  const { detector, tensors, metadata } = decode(bytes, CHECKPOINT_FORMAT);
  // Which channels were trained on is no matter to the state.
  requireSpecs(tensors, detector.trainStep(1).state);
  return { detector, checkpoint: { state: tensors, position: parsePosition(metadata.position) } };
}

/** The deployable part of a state: weights, statistics and memory. */
export function encodeModel(detector: Detector, state: TensorDataMap): Uint8Array {
  return encodeSafetensors(detector.deployable(state), describe(detector, MODEL_FORMAT));
}

/** @throws AppError CORRUPT_CHECKPOINT where the bytes are not a whole model of a known format */
export function decodeModel(bytes: Uint8Array): {
  readonly detector: Detector;
  readonly state: TensorDataMap;
} {
  const { detector, tensors } = decode(bytes, MODEL_FORMAT);
  requireSpecs(tensors, detector.modelSpecs);
  return { detector, state: tensors };
}

function describe(detector: Detector, format: string): Record<string, string> {
  return {
    format,
    architecture: detector.architecture,
    hyperparameters: JSON.stringify(detector.hyperparameters),
    codeVersion: packageJson.version,
  };
}

function decode(bytes: Uint8Array, format: string) {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.format !== format) {
    throw corrupt(`its format is "${metadata.format ?? "not given"}", expected "${format}"`);
  }
  const architecture = trainableArchitectureSchema.safeParse(metadata.architecture);
  if (!architecture.success) throw corrupt(`its architecture "${metadata.architecture}" is not known`);
  const given = parseJson(metadata.hyperparameters, "hyperparameters");
  const hyperparameters = mnadPredictionHyperparametersSchema.safeParse(given);
  if (!hyperparameters.success) throw corrupt(`its hyperparameters are not those of ${architecture.data}`);
  return { detector: createDetector(architecture.data, hyperparameters.data), tensors, metadata };
}

function requireSpecs(tensors: TensorDataMap, specs: Readonly<Record<string, TensorSpec>>): void {
  for (const [name, { shape, dtype }] of Object.entries(specs)) {
    const tensor = tensors[name];
    if (tensor === undefined) throw corrupt(`tensor "${name}" is missing`);
    if (tensor.dtype === dtype && tensor.shape.join() === shape.join()) continue;
    throw corrupt(`tensor "${name}" is ${tensor.dtype} [${tensor.shape}], expected ${dtype} [${shape}]`);
  }
  const unknown = Object.keys(tensors).find((name) => !(name in specs));
  if (unknown !== undefined) throw corrupt(`tensor "${unknown}" does not belong to it`);
}

function parsePosition(text: string | undefined): TrainingPosition {
  const position = parseJson(text, "position") as Partial<TrainingPosition> | null;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
  const { lossSums, millisecondsPerStep } = position ?? {};
  const isWhole =
    position !== null &&
    [position.epoch, position.step, position.windowCount].every(isCount) &&
    Number.isFinite(position.elapsedSeconds) &&
    LOSSES.every((name) => Number.isFinite(lossSums?.[name])) &&
    (millisecondsPerStep === null || Number.isFinite(millisecondsPerStep)) &&
    trainingMetricsSchema.shape.epochs.safeParse(position.finishedEpochs).success;
  if (!isWhole) throw corrupt("it does not say where the training stood");
  return position as TrainingPosition;
}

function parseJson(text: string | undefined, what: string): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch (cause) {
    throw corrupt(`its ${what} cannot be read`, cause);
  }
}

function corrupt(problem: string, cause?: unknown): AppError {
  return new AppError("CORRUPT_CHECKPOINT", `The checkpoint is damaged: ${problem}.`, { cause });
}
