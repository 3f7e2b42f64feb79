// One scored picture of PMB. Its memories stay as they were trained.
import { type PmbHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { frameErrors } from "../frame-errors.ts";
import { windowSpecs } from "../frames.ts";
import type { Layer } from "../layers/layer.ts";
import { foldWeights, scoringLayers, toNetworkRange } from "../layers/run-layer.ts";
import { parseBridges } from "./layers.ts";
import { reconstruct } from "./network.ts";

/**
 * Batch: `windowSpecs`. Outputs: `frameErrors`, and `reconstruction`, float32 [1, size, size, 3] in [0, 1].
 *
 * @param itemNames of the memories in `model`
 */
export function scoreStep(
  layers: readonly Layer[],
  hyperparameters: PmbHyperparameters,
  itemNames: readonly string[],
  model: TensorDataMap,
  channels: Channels,
): Step {
  const { size, levels } = hyperparameters;
  const items = Object.fromEntries(itemNames.map((name) => [name, model[name]!]));
  return {
    name: "pmb-score",
    state: {},
    constants: { ...foldWeights(layers, model, channels), ...items },
    batch: windowSpecs(1, { size, channels, windowFrames: WINDOW_FRAMES.PMB }),
    scalars: [],
    run({ constants, batch }) {
      const target = toNetworkRange(batch.target as ops.Tensor4D);
      const run = scoringLayers(layers, constants);
      const { frame } = reconstruct(run, target, parseBridges(levels), constants, hyperparameters);
      const difference = ops.div<ops.Tensor4D>(ops.sub(frame, target), 2);
      const reconstruction = ops.div(ops.add(frame, 1), 2);
      return { state: {}, outputs: { ...frameErrors(difference), reconstruction } };
    },
  };
}
