// MNAD as a detector, in either variant.
import { LANES, type MnadHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { type Detector, deployable } from "../detector.ts";
import { countParameters } from "../layers/layer.ts";
import { cosineLearningRate } from "../schedule.ts";
import { type MnadVariant, mnadLayers } from "./layers.ts";
import { scoreStep } from "./score-step.ts";
import { initialState, MEMORY, modelSpecs } from "./state.ts";
import { trainStep } from "./train-step.ts";

/** Park, Noh, Ham, "Learning Memory-guided Normality for Anomaly Detection", CVPR 2020, as its code was published. */
export function mnadDetector(variant: MnadVariant, hyperparameters: MnadHyperparameters): Detector {
  const { architecture } = variant;
  const { items, gamma, width, learningRate, epochs } = hyperparameters;
  const layers = mnadLayers(variant, width);
  const specs = modelSpecs(layers, items);
  return {
    architecture,
    hyperparameters,
    windowFrames: WINDOW_FRAMES[architecture],
    scoredFrame: WINDOW_FRAMES[architecture] - 1,
    trainingStride: 1,
    lanes: LANES[architecture],
    losses: ["compactness", "separateness"],
    parameterCount: countParameters(layers),
    gate: gamma,
    modelSpecs: specs,
    memorySpecs: { [MEMORY]: specs[MEMORY]! },
    learningRateOf: (epoch) => cosineLearningRate(learningRate, epoch, epochs),
    initialState: (seed) => initialState(layers, items, seed),
    trainStep: (channels) => trainStep(variant, layers, hyperparameters, channels),
    scoreStep: (model, channels) => scoreStep(variant, layers, hyperparameters, model, channels),
    deployable: (state) => deployable(specs, state),
  };
}
