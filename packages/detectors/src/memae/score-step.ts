// One scored window of MemAE. The memory stays as it was trained: windows are independent of each other.
import { architectureSlug, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { frameErrors } from "../frame-errors.ts";
import { windowSpecs } from "../frames.ts";
import type { Features } from "../layers/convolve.ts";
import { foldWeights, scoringLayers } from "../layers/run-layer.ts";
import { layersOf } from "./layers.ts";
import { MEMORY, rebuild } from "./network.ts";
import type { MemaeSettings, MemaeVariant } from "./variants.ts";

/**
 * Batch: `windowSpecs`. Outputs: `frameErrors` of the scored frame, what was made of it cut to the range that a frame can
 * have; and `absoluteError`, the published score of the window, rank 0: mean |output − input| over all of it, uncut and in
 * the network's range, where black and white are 2 apart.
 */
export function scoreStep<F extends Features>(
  variant: MemaeVariant<F>,
  hyperparameters: MemaeSettings,
  model: TensorDataMap,
  channels: Channels,
): Step {
  const { size, width } = hyperparameters;
  const network = variant.layers(width);
  const layers = layersOf(network);
  return {
    name: `${architectureSlug(variant.architecture)}-score`,
    state: {},
    constants: { ...foldWeights(layers, model, channels), [MEMORY]: model[MEMORY]! },
    batch: windowSpecs(1, { size, channels, windowFrames: WINDOW_FRAMES[variant.architecture] }),
    scalars: [],
    run({ constants, batch }) {
      const input = variant.toNetwork(batch, channels);
      const run = scoringLayers<F>(layers, constants);
      const items = constants[MEMORY] as ops.Tensor2D;
      const { output } = rebuild(run, network, input, items, hyperparameters);
      const frame = ops.clipByValue(variant.frameOf(output), -1, 1);
      const difference = ops.div<ops.Tensor4D>(ops.sub(frame, variant.frameOf(input)), 2);
      const absoluteError = ops.mean(ops.abs(ops.sub(output, input)));
      return { state: {}, outputs: { ...frameErrors(difference), absoluteError } };
    },
  };
}
