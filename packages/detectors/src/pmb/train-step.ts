// One training step of PMB: loss, Adam, running statistics. Network and memories are trained together.
import { type PmbHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorMap, type TensorSpec } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { windowSpecs } from "../frames.ts";
import { type ForwardPass, gradientStep } from "../gradient-step.ts";
import type { Layer } from "../layers/layer.ts";
import { toNetworkRange, trainingLayers } from "../layers/run-layer.ts";
import { entropy } from "../memae/memory.ts";
import { parseBridges } from "./layers.ts";
import { itemShares } from "./memory.ts";
import { reconstruct } from "./network.ts";
import { stain } from "./stains.ts";

/**
 * loss = mean (output − picture)² + lossEntropy · mean entropy of the levels with a memory, over pictures in [-1, 1].
 *
 * Batch: `windowSpecs`. Scalars: the learning rate, and the number of the step in the whole training, 1 for the first.
 * Outputs: loss, pixelLoss, entropy, rank 0; with a memory itemShares [items], each item's part in all that was read.
 *
 * @param specs of the state
 * @param trained names of what has a gradient
 */
export function trainStep(
  layers: readonly Layer[],
  specs: Readonly<Record<string, TensorSpec>>,
  trained: readonly string[],
  hyperparameters: PmbHyperparameters,
  channels: Channels,
): Step {
  const { size, batchSize, levels, lossEntropy, stains } = hyperparameters;
  const bridges = parseBridges(levels);
  return {
    name: "pmb-train",
    state: specs,
    constants: {},
    batch: windowSpecs(batchSize, { size, channels, windowFrames: WINDOW_FRAMES.PMB }),
    scalars: ["learningRate", "stepNumber"],
    run({ state, batch, scalars }) {
      const target = toNetworkRange(batch.target as ops.Tensor4D);
      const frames = stain(target, scalars.stepNumber!, stains);
      const forward = (parameters: TensorMap): ForwardPass => {
        const statistics: Record<string, ops.Tensor> = {};
        const run = trainingLayers(layers, { ...state, ...parameters }, channels, statistics);
        const { frame, shares } = reconstruct(run, frames, bridges, parameters, hyperparameters);
        // A grey target has one channel, which the subtraction repeats.
        const pixelLoss = ops.mean(ops.square(ops.sub(frame, target)));
        const spread = meanEntropy(shares);
        return {
          loss: ops.add(pixelLoss, ops.mul(spread, lossEntropy)),
          aux: { ...statistics, pixelLoss, entropy: spread, ...usageOf(shares) },
        };
      };
      return gradientStep({ state, scalars }, trained, forward);
    },
  };
}

/** 0 without a memory. */
function meanEntropy(shares: readonly ops.Tensor3D[]): ops.Tensor {
  if (shares.length === 0) return ops.scalar(0);
  const each = shares.map((own) => entropy(ops.reshape(own, [-1, own.shape[2]])));
  return ops.div(ops.addN(each), shares.length);
}

/** Nothing without a memory. */
function usageOf(shares: readonly ops.Tensor3D[]): Record<string, ops.Tensor> {
  return shares.length === 0 ? {} : { itemShares: itemShares(shares) };
}
