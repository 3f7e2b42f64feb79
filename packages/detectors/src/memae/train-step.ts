// One training step of MemAE: loss, Adam, running statistics. Network and items are trained together.
import { architectureSlug, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorMap, type TensorSpec } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { windowSpecs } from "../frames.ts";
import { type ForwardPass, gradientStep } from "../gradient-step.ts";
import type { Features } from "../layers/convolve.ts";
import { trainingLayers } from "../layers/run-layer.ts";
import { layersOf } from "./layers.ts";
import { entropy, itemShares } from "./memory.ts";
import { MEMORY, rebuild } from "./network.ts";
import type { MemaeSettings, MemaeVariant } from "./variants.ts";

/**
 * loss = mean (output − input)² + lossEntropy · entropy of the shares, over frames in [-1, 1].
 *
 * Batch: `windowSpecs`. Scalars: the learning rate, and the number of the step in the whole training, 1 for the first.
 * Outputs: loss, pixelLoss, entropy, rank 0; itemShares [items], each item's part in all that was read.
 *
 * @param specs of the state
 * @param trained names of what has a gradient
 */
export function trainStep<F extends Features>(
  variant: MemaeVariant<F>,
  specs: Readonly<Record<string, TensorSpec>>,
  trained: readonly string[],
  hyperparameters: MemaeSettings,
  channels: Channels,
): Step {
  const { size, width, batchSize, lossEntropy } = hyperparameters;
  const network = variant.layers(width);
  return {
    name: `${architectureSlug(variant.architecture)}-train`,
    state: specs,
    constants: {},
    batch: windowSpecs(batchSize, { size, channels, windowFrames: WINDOW_FRAMES[variant.architecture] }),
    scalars: ["learningRate", "stepNumber"],
    run({ state, batch, scalars }) {
      const input = variant.toNetwork(batch, channels);
      const forward = (parameters: TensorMap): ForwardPass => {
        const statistics: Record<string, ops.Tensor> = {};
        const run = trainingLayers<F>(layersOf(network), { ...state, ...parameters }, channels, statistics);
        const items = parameters[MEMORY] as ops.Tensor2D;
        const { output, shares } = rebuild(run, network, input, items, hyperparameters);
        // A grey picture has one channel, which the subtraction repeats.
        const pixelLoss = ops.mean(ops.square(ops.sub(output, input)));
        const spread = entropy(shares);
        return {
          loss: ops.add(pixelLoss, ops.mul(spread, lossEntropy)),
          aux: { ...statistics, pixelLoss, entropy: spread, itemShares: itemShares(shares) },
        };
      };
      return gradientStep({ state, scalars }, trained, forward);
    },
  };
}
