// MNAD prediction as a detector: four frames predict the fifth.
import type { MnadPredictionHyperparameters } from "@engram/core";
import type { TensorDataMap } from "@engram/engine";
import type { Detector } from "../detector.ts";
import { countParameters, INPUT_FRAMES, mnadPredictionLayers } from "./layers.ts";
import { scoreStep } from "./score-step.ts";
import { initialState, MEMORY, modelSpecs } from "./state.ts";
import { trainStep } from "./train-step.ts";

/** Park, Noh, Ham, "Learning Memory-guided Normality for Anomaly Detection", CVPR 2020, as its code was published. */
export function mnadPrediction(hyperparameters: MnadPredictionHyperparameters): Detector {
  const { items, gamma } = hyperparameters;
  const layers = mnadPredictionLayers(hyperparameters.width);
  const specs = modelSpecs(layers, items);
  return {
    architecture: "MNAD_PREDICTION",
    hyperparameters,
    windowFrames: INPUT_FRAMES + 1,
    lanes: ["PREDICTION_ERROR", "REGION_ERROR", "PSNR", "FEATURE_DISTANCE", "REGULAR_SCORE"],
    parameterCount: countParameters(layers),
    gate: gamma,
    modelSpecs: specs,
    memorySpecs: { [MEMORY]: specs[MEMORY]! },
    initialState: (seed) => initialState(layers, items, seed),
    trainStep: (channels) => trainStep(layers, hyperparameters, channels),
    scoreStep: (model, channels) => scoreStep(layers, hyperparameters, model, channels),
    deployable: (state: TensorDataMap) =>
      Object.fromEntries(Object.keys(specs).map((name) => [name, state[name]!])),
  };
}
