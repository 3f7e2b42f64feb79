// One training step of MNAD prediction: losses with the old memory, its update, Adam, running statistics.
import type { MnadPredictionHyperparameters } from "@engram/core";
import { adamStep, ops, type Step, type TensorMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { BATCH_NORM_MOMENTUM, INPUT_FRAMES, type Layer } from "./layers.ts";
import { compactness, separateness } from "./losses.ts";
import { address, read, toMap, toQueries, update } from "./memory.ts";
import { decode, encode, toNetworkRange } from "./network.ts";
import { trainingLayers } from "./run-layer.ts";
import { MEMORY, trainedParameters, trainingSpecs } from "./state.ts";

type Tensor2D = ops.Tensor2D;
type Tensor4D = ops.Tensor4D;

/**
 * loss = mean (output − target)² + lossCompactness · compactness + lossSeparateness · separateness,
 * over frames in [-1, 1]. The losses and the decoder see the old items K, which then become K'.
 *
 * Batch: `frames` float32 [batch, size, size, 4·channels] (oldest first) and `target` float32
 * [batch, size, size, channels], values 0…255. Scalars: the learning rate, and the number of the step in the whole
 * training, 1 for the first. Outputs: loss, pixelLoss, compactness, separateness, rank 0.
 */
export function trainStep(
  layers: readonly Layer[],
  hyperparameters: MnadPredictionHyperparameters,
  channels: Channels,
): Step {
  const { size, items, batchSize } = hyperparameters;
  const image = [batchSize, size, size];
  return {
    name: "mnad-prediction-train",
    state: trainingSpecs(layers, items),
    constants: {},
    batch: {
      frames: { shape: [...image, INPUT_FRAMES * channels], dtype: "float32" },
      target: { shape: [...image, channels], dtype: "float32" },
    },
    scalars: ["learningRate", "stepNumber"],
    run({ state, batch, scalars }) {
      const { forward, parameters } = forwardPass(layers, hyperparameters, channels, state, batch);
      const { loss, aux, grads } = ops.valueAndNamedGrads(forward, parameters);
      const { pixelLoss, compactness, separateness, items, ...statistics } = aux;
      const next: Record<string, ops.Tensor> = {
        ...state,
        ...adamStep(state, grads, scalars.learningRate!, scalars.stepNumber!),
        [MEMORY]: items!,
      };
      for (const [name, seen] of Object.entries(statistics)) {
        const running = ops.mul(state[name]!, 1 - BATCH_NORM_MOMENTUM);
        next[name] = ops.add(running, ops.mul(seen, BATCH_NORM_MOMENTUM));
      }
      const losses = { loss, pixelLoss: pixelLoss!, compactness: compactness!, separateness: separateness! };
      return { state: next, outputs: losses };
    },
  };
}

/** The loss as a function of the trained parameters; beside it the parts of the loss, K' and the batch statistics. */
function forwardPass(
  layers: readonly Layer[],
  { lossCompactness, lossSeparateness }: MnadPredictionHyperparameters,
  channels: Channels,
  state: TensorMap,
  batch: TensorMap,
) {
  const parameters = Object.fromEntries(
    Object.keys(trainedParameters(layers)).map((name) => [name, state[name]!]),
  );
  const items = state[MEMORY] as Tensor2D;
  const frames = toNetworkRange(batch.frames as Tensor4D);
  const target = toNetworkRange(batch.target as Tensor4D);
  const forward = (trained: TensorMap): { loss: ops.Tensor; aux: Record<string, ops.Tensor> } => {
    const statistics: Record<string, ops.Tensor> = {};
    const run = trainingLayers(layers, { ...state, ...trained }, channels, statistics);
    const { features, skips } = encode(run, frames);
    const queries = toQueries(features);
    const addressing = address(queries, items);
    const output = decode(run, toMap(read(queries, items, addressing), features), skips);
    // A grey target has one channel, which the subtraction repeats.
    const pixelLoss = ops.mean(ops.square(ops.sub(output, target)));
    const compact = compactness(queries, items, addressing);
    const separate = separateness(queries, items, addressing);
    const updated = update(queries, items, addressing);
    return {
      loss: ops.addN([pixelLoss, ops.mul(compact, lossCompactness), ops.mul(separate, lossSeparateness)]),
      aux: { ...statistics, pixelLoss, compactness: compact, separateness: separate, items: updated },
    };
  };
  return { forward, parameters };
}
