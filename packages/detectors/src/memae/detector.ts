// MemAE as a detector: what cannot be rebuilt from what the memory knows of normal footage is abnormal.
import {
  LANES,
  type MemaeHyperparameters,
  type MemaeImageHyperparameters,
  WINDOW_FRAMES,
} from "@engram/core";
import { adamInitialState, adamStateSpecs, type TensorDataMap, type TensorSpec } from "@engram/engine";
import { mulberry32, uniformArray } from "@engram/numerics";
import { type Detector, deployable } from "../detector.ts";
import type { Features } from "../layers/convolve.ts";
import { countParameters } from "../layers/layer.ts";
import { drawNormalNetwork, networkSpecs, trainedParameters } from "../layers/state.ts";
import { layersOf, queryChannels } from "./layers.ts";
import { MEMORY } from "./network.ts";
import { scoreStep } from "./score-step.ts";
import { trainStep } from "./train-step.ts";
import { IMAGE, type MemaeSettings, type MemaeVariant, VIDEO } from "./variants.ts";

/**
 * Gong et al., "Memorizing Normality to Detect Anomaly: Memory-augmented Deep Autoencoder for Unsupervised Anomaly
 * Detection", ICCV 2019, as its code was published: windows of sixteen grey frames, rebuilt whole.
 */
export function memaeDetector(hyperparameters: MemaeHyperparameters): Detector {
  return detectorOf(VIDEO, hyperparameters, hyperparameters.stride);
}

/** The same over single pictures, after the paper. */
export function memaeImageDetector(hyperparameters: MemaeImageHyperparameters): Detector {
  return detectorOf(IMAGE, hyperparameters, 1);
}

/** The rate stays as it is. Items begin U(±1/√C), the network as `drawNormalNetwork`. */
function detectorOf<F extends Features>(
  variant: MemaeVariant<F>,
  hyperparameters: MemaeSettings,
  trainingStride: number,
): Detector {
  const { architecture, scoredFrame } = variant;
  const { width, items, learningRate } = hyperparameters;
  const network = variant.layers(width);
  const layers = layersOf(network);
  const channels = queryChannels(network);
  const memory: TensorSpec = { shape: [items, channels], dtype: "float32" };
  const specs = { ...networkSpecs(layers), [MEMORY]: memory };
  const trained = { ...trainedParameters(layers), [MEMORY]: memory };
  const state = { ...specs, ...adamStateSpecs(trained) };
  return {
    ...{ architecture, hyperparameters, scoredFrame, trainingStride },
    windowFrames: WINDOW_FRAMES[architecture],
    lanes: LANES[architecture],
    losses: ["entropy"],
    parameterCount: countParameters(layers) + items * channels,
    gate: null,
    modelSpecs: specs,
    memorySpecs: {},
    learningRateOf: () => learningRate,
    initialState(seed): TensorDataMap {
      const next = mulberry32(seed);
      const drawn = drawNormalNetwork(layers, next);
      const bound = 1 / Math.sqrt(channels);
      const data = uniformArray(items * channels, next, -bound, bound);
      return { ...adamInitialState(trained), ...drawn, [MEMORY]: { ...memory, data } };
    },
    trainStep: (colours) => trainStep(variant, state, Object.keys(trained), hyperparameters, colours),
    scoreStep: (model, colours) => scoreStep(variant, hyperparameters, model, colours),
    deployable: (whole) => deployable(specs, whole),
  };
}
