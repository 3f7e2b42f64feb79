// One training step of MPN: losses and Adam.
import { type MpnHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorMap, type TensorSpec } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { inputOf, windowSpecs } from "../frames.ts";
import { gradientStep } from "../gradient-step.ts";
import type { Layer } from "../layers/layer.ts";
import { toNetworkRange, trainingLayers } from "../layers/run-layer.ts";
import { trainedParameters } from "../layers/state.ts";
import { distinctLoss, featureLoss } from "./losses.ts";
import { HEADS, predict } from "./network.ts";

/**
 * loss = mean (frame − target)² + lossFeature · featureLoss + lossDistinct · distinctLoss, over frames in [-1, 1].
 *
 * Batch: `windowSpecs`. Scalars: the learning rate, and the number of the step in the whole training, 1 for the first.
 * Outputs: loss, pixelLoss, featureLoss, distinctLoss, rank 0.
 */
export function trainStep(
  layers: readonly Layer[],
  specs: Readonly<Record<string, TensorSpec>>,
  { size, batchSize, lossFeature, lossDistinct }: MpnHyperparameters,
  channels: Channels,
): Step {
  const names = [...Object.keys(trainedParameters(layers)), HEADS];
  return {
    name: "mpn-train",
    state: specs,
    constants: {},
    batch: windowSpecs(batchSize, { size, channels, windowFrames: WINDOW_FRAMES.MPN }),
    scalars: ["learningRate", "stepNumber"],
    run({ batch, ...inputs }) {
      const frames = toNetworkRange(inputOf(batch));
      const target = toNetworkRange(batch.target as ops.Tensor4D);
      const forward = (trained: TensorMap) => {
        const run = trainingLayers(layers, trained, channels, {});
        const { frame, features, prototyping } = predict(run, frames, trained[HEADS] as ops.Tensor2D);
        // A grey target has one channel, which the subtraction repeats.
        const pixel = ops.mean(ops.square(ops.sub(frame, target)));
        const feature = featureLoss(features, prototyping);
        const distinct = distinctLoss(prototyping);
        return {
          loss: ops.addN([pixel, ops.mul(feature, lossFeature), ops.mul(distinct, lossDistinct)]),
          aux: { pixelLoss: pixel, featureLoss: feature, distinctLoss: distinct },
        };
      };
      return gradientStep(inputs, names, forward);
    },
  };
}
