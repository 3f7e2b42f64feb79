// One training step of MNAD: losses with the old memory, its update, Adam, running statistics.
import { architectureSlug, type MnadHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { inputOf, windowSpecs } from "../frames.ts";
import { type ForwardPass, gradientStep } from "../gradient-step.ts";
import type { Layer } from "../layers/layer.ts";
import { toNetworkRange, trainingLayers } from "../layers/run-layer.ts";
import { trainedParameters } from "../layers/state.ts";
import { encode } from "../u-net/network.ts";
import type { MnadVariant } from "./layers.ts";
import { compactness, separateness } from "./losses.ts";
import { address, read, toQueries, update } from "./memory.ts";
import { rebuild } from "./network.ts";
import { MEMORY, trainingSpecs } from "./state.ts";

type Tensor2D = ops.Tensor2D;
type Tensor4D = ops.Tensor4D;

/**
 * loss = mean (output − target)² + lossCompactness · compactness + lossSeparateness · separateness,
 * over frames in [-1, 1]. The losses and the decoder see the old items K, which then become K'.
 *
 * Batch: `windowSpecs`. Scalars: the learning rate, and the number of the step in the whole training, 1 for the first.
 * Outputs: loss, pixelLoss, compactness, separateness, rank 0; itemShares [M], the share of the queries nearest to
 * each item.
 */
export function trainStep(
  variant: MnadVariant,
  layers: readonly Layer[],
  hyperparameters: MnadHyperparameters,
  channels: Channels,
): Step {
  const { size, items, batchSize } = hyperparameters;
  return {
    name: `${architectureSlug(variant.architecture)}-train`,
    state: trainingSpecs(layers, items),
    constants: {},
    batch: windowSpecs(batchSize, { size, channels, windowFrames: WINDOW_FRAMES[variant.architecture] }),
    scalars: ["learningRate", "stepNumber"],
    run({ state, batch, scalars }) {
      const forward = forwardPass(variant, layers, hyperparameters, channels, state, batch);
      const trained = Object.keys(trainedParameters(layers));
      const stepped = gradientStep({ state, scalars }, trained, forward);
      const { items, ...outputs } = stepped.outputs;
      return { state: { ...stepped.state, [MEMORY]: items! }, outputs };
    },
  };
}

/** The loss as a function of the trained parameters; beside it the parts of the loss, K' and the batch statistics. */
function forwardPass(
  variant: MnadVariant,
  layers: readonly Layer[],
  hyperparameters: MnadHyperparameters,
  channels: Channels,
  state: TensorMap,
  batch: TensorMap,
): (trained: TensorMap) => ForwardPass {
  const { lossCompactness, lossSeparateness } = hyperparameters;
  const items = state[MEMORY] as Tensor2D;
  const frames = toNetworkRange(inputOf(batch));
  const target = toNetworkRange(batch.target as Tensor4D);
  return (trained: TensorMap): ForwardPass => {
    const statistics: Record<string, ops.Tensor> = {};
    const run = trainingLayers(layers, { ...state, ...trained }, channels, statistics);
    const encoding = encode(run, frames);
    const queries = toQueries(encoding.features);
    const addressing = address(queries, items);
    const output = rebuild(run, variant, encoding, read(queries, items, addressing));
    // A grey target has one channel, which the subtraction repeats.
    const pixelLoss = ops.mean(ops.square(ops.sub(output, target)));
    const compact = compactness(queries, items, addressing, hyperparameters);
    const separate = separateness(queries, items, addressing, hyperparameters);
    const updated = update(queries, items, addressing, { ...hyperparameters, frames: frames.shape[0] });
    return {
      loss: ops.addN([pixelLoss, ops.mul(compact, lossCompactness), ops.mul(separate, lossSeparateness)]),
      aux: {
        ...{ ...statistics, pixelLoss, compactness: compact, separateness: separate, items: updated },
        itemShares: ops.mean(addressing.nearest, 0),
      },
    };
  };
}
