// One scored frame of MNAD prediction, with the gated test-time update of the memory inside the step.
import type { MnadPredictionHyperparameters } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { regionError, regionSide } from "../region-error.ts";
import { COLOURS, INPUT_FRAMES, type Layer } from "./layers.ts";
import { compactness, regularScore } from "./losses.ts";
import { address, read, toMap, toQueries, update } from "./memory.ts";
import { decode, encode, toNetworkRange } from "./network.ts";
import { foldWeights, scoringLayers } from "./run-layer.ts";
import { MEMORY } from "./state.ts";

type Tensor2D = ops.Tensor2D;
type Tensor4D = ops.Tensor4D;

/**
 * Scores one window and, where its regular score is below the scalar `gate`, updates the memory for the next one.
 * The gate is γ of the paper; 0 never opens, anything above 1 always does.
 *
 * Batch: `frames` float32 [1, size, size, 4·channels] (oldest first) and `target` float32 [1, size, size, channels],
 * values 0…255. Outputs, with frames in [0, 1]: `predictionError` (mean squared error), `regionError`
 * (that of the worst region), `featureDistance` (compactness with the old items), `regularScore`, `memoryUpdated` (1 or
 * 0), all of rank 0, and `errorMap` float32 [size, size], absolute error, mean over colours.
 */
export function scoreStep(
  layers: readonly Layer[],
  hyperparameters: MnadPredictionHyperparameters,
  model: TensorDataMap,
  channels: Channels,
): Step {
  const { size } = hyperparameters;
  const { shape, dtype } = model[MEMORY]!;
  return {
    name: "mnad-prediction-score",
    state: { [MEMORY]: { shape, dtype } },
    constants: foldWeights(layers, model, channels),
    batch: {
      frames: { shape: [1, size, size, INPUT_FRAMES * channels], dtype: "float32" },
      target: { shape: [1, size, size, channels], dtype: "float32" },
    },
    scalars: ["gate"],
    run({ state, constants, batch, scalars }) {
      const items = state[MEMORY] as Tensor2D;
      const run = scoringLayers(layers, constants);
      const { features, skips } = encode(run, toNetworkRange(batch.frames as Tensor4D));
      const queries = toQueries(features);
      const addressing = address(queries, items);
      const output = decode(run, toMap(read(queries, items, addressing), features), skips);
      const difference = ops.div<Tensor4D>(ops.sub(output, toNetworkRange(batch.target as Tensor4D)), 2);
      const errors = ops.square(difference);
      const regular = regularScore(errors);
      const isRegular = ops.less(regular, scalars.gate!);
      return {
        state: { [MEMORY]: ops.where(isRegular, update(queries, items, addressing), items) },
        outputs: {
          predictionError: ops.mean(errors),
          regionError: regionError(errors, regionSide(size)),
          featureDistance: compactness(queries, items, addressing),
          regularScore: regular,
          memoryUpdated: ops.cast(isRegular, "float32"),
          errorMap: ops.div(ops.sum(ops.abs(difference), [0, 3]), COLOURS),
        },
      };
    },
  };
}
