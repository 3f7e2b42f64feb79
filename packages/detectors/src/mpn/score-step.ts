// One scored frame of MPN. Prototypes are made of each frame anew: nothing is carried from one to the next.
import { type MpnHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { frameErrors } from "../frame-errors.ts";
import { inputOf, windowSpecs } from "../frames.ts";
import type { Layer } from "../layers/layer.ts";
import { foldWeights, scoringLayers, toNetworkRange } from "../layers/run-layer.ts";
import { featureLoss } from "./losses.ts";
import { HEADS, predict } from "./network.ts";

/** Batch: `windowSpecs`. Outputs: `frameErrors`, and `featureDistance` (the feature loss of the frame), rank 0. */
export function scoreStep(
  layers: readonly Layer[],
  { size }: MpnHyperparameters,
  model: TensorDataMap,
  channels: Channels,
): Step {
  return {
    name: "mpn-score",
    state: {},
    constants: { ...foldWeights(layers, model, channels), [HEADS]: model[HEADS]! },
    batch: windowSpecs(1, { size, channels, windowFrames: WINDOW_FRAMES.MPN }),
    scalars: [],
    run({ constants, batch }) {
      const run = scoringLayers(layers, constants);
      const heads = constants[HEADS] as ops.Tensor2D;
      const { frame, features, prototyping } = predict(run, toNetworkRange(inputOf(batch)), heads);
      const target = toNetworkRange(batch.target as ops.Tensor4D);
      const difference = ops.div<ops.Tensor4D>(ops.sub(frame, target), 2);
      return {
        state: {},
        outputs: { ...frameErrors(difference), featureDistance: featureLoss(features, prototyping) },
      };
    },
  };
}
