// MPN as a detector: four frames predict the fifth, with prototypes made of them.
import { LANES, type MpnHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { adamInitialState, adamStateSpecs, type TensorDataMap, type TensorSpec } from "@engram/engine";
import { mulberry32, uniformArray } from "@engram/numerics";
import { type Detector, deployable } from "../detector.ts";
import { countParameters } from "../layers/layer.ts";
import { drawNetwork, networkSpecs, trainedParameters } from "../layers/state.ts";
import { HEADS, mpnLayers } from "./network.ts";
import { scoreStep } from "./score-step.ts";
import { trainStep } from "./train-step.ts";

/**
 * Lv et al., "Learning Normal Dynamics in Videos with Meta Prototype Network", CVPR 2021, as its code was published, without
 * the meta-learning that adapts it to a scene: 13,285,251 trained numbers at the published width. The rate stays as it is.
 */
export function mpnDetector(hyperparameters: MpnHyperparameters): Detector {
  const { width, prototypes, learningRate } = hyperparameters;
  const layers = mpnLayers(width);
  const channels = 2 * width;
  const heads: TensorSpec = { shape: [prototypes, channels], dtype: "float32" };
  const specs = { ...networkSpecs(layers), [HEADS]: heads };
  const trained = { ...trainedParameters(layers), [HEADS]: heads };
  return {
    architecture: "MPN",
    hyperparameters,
    windowFrames: WINDOW_FRAMES.MPN,
    scoredFrame: WINDOW_FRAMES.MPN - 1,
    trainingStride: 1,
    lanes: LANES.MPN,
    losses: ["featureLoss", "distinctLoss"],
    parameterCount: countParameters(layers) + prototypes * channels,
    gate: null,
    modelSpecs: specs,
    memorySpecs: {},
    learningRateOf: () => learningRate,
    initialState(seed): TensorDataMap {
      const next = mulberry32(seed);
      const network = drawNetwork(layers, next);
      const bound = 1 / Math.sqrt(channels);
      const data = uniformArray(prototypes * channels, next, -bound, bound);
      return { ...adamInitialState(trained), ...network, [HEADS]: { ...heads, data } };
    },
    trainStep: (colours) =>
      trainStep(layers, { ...specs, ...adamStateSpecs(trained) }, hyperparameters, colours),
    scoreStep: (model, colours) => scoreStep(layers, hyperparameters, model, colours),
    deployable: (state) => deployable(specs, state),
  };
}
