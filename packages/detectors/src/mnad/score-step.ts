// One scored frame of MNAD, with the gated test-time update of the memory inside the step.
import { architectureSlug, type MnadHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { frameErrors } from "../frame-errors.ts";
import { inputOf, windowSpecs } from "../frames.ts";
import type { Layer } from "../layers/layer.ts";
import { foldWeights, scoringLayers, toNetworkRange } from "../layers/run-layer.ts";
import { encode } from "../u-net/network.ts";
import type { MnadVariant } from "./layers.ts";
import { compactness, regularScore } from "./losses.ts";
import { address, read, toQueries, update } from "./memory.ts";
import { rebuild } from "./network.ts";
import { MEMORY } from "./state.ts";

type Tensor2D = ops.Tensor2D;
type Tensor4D = ops.Tensor4D;

/**
 * Scores one window and, where its regular score is below the scalar `gate`, updates the memory for the next one.
 * The gate is γ of the paper; 0 never opens, 2 always does.
 *
 * Batch: `windowSpecs`. Outputs: `frameErrors`, and with frames in [0, 1] `featureDistance` (compactness with the old
 * items, mean over queries), `regularScore`, `memoryUpdated` (1 or 0) and, where that is PSNR's peak, `framePeak` (the
 * largest value of the frame that was made), all of rank 0.
 */
export function scoreStep(
  variant: MnadVariant,
  layers: readonly Layer[],
  hyperparameters: MnadHyperparameters,
  model: TensorDataMap,
  channels: Channels,
): Step {
  const { size, distanceForm, psnrPeak } = hyperparameters;
  const { shape, dtype } = model[MEMORY]!;
  return {
    name: `${architectureSlug(variant.architecture)}-score`,
    state: { [MEMORY]: { shape, dtype } },
    constants: foldWeights(layers, model, channels),
    batch: windowSpecs(1, { size, channels, windowFrames: WINDOW_FRAMES[variant.architecture] }),
    scalars: ["gate"],
    run({ state, constants, batch, scalars }) {
      const items = state[MEMORY] as Tensor2D;
      const run = scoringLayers(layers, constants);
      const encoding = encode(run, toNetworkRange(inputOf(batch)));
      const queries = toQueries(encoding.features);
      const addressing = address(queries, items);
      const output = rebuild(run, variant, encoding, read(queries, items, addressing));
      const difference = ops.div<Tensor4D>(ops.sub(output, toNetworkRange(batch.target as Tensor4D)), 2);
      const regular = regularScore(difference, hyperparameters);
      const isRegular = ops.less(regular, scalars.gate!);
      const updated = update(queries, items, addressing, { ...hyperparameters, frames: 1 });
      return {
        state: { [MEMORY]: ops.where(isRegular, updated, items) },
        outputs: {
          ...frameErrors(difference),
          featureDistance: compactness(queries, items, addressing, { distanceForm, lossReduction: "MEAN" }),
          regularScore: regular,
          memoryUpdated: ops.cast(isRegular, "float32"),
          ...(psnrPeak === "FRAME_MAXIMUM" && { framePeak: peakOf(output) }),
        },
      };
    },
  };
}

/** The largest value of a frame in [-1, 1], as one in [0, 1]; ONNX Runtime's tanh exceeds 1 by a rounding. */
function peakOf(frame: Tensor4D): ops.Scalar {
  return ops.minimum(ops.div(ops.add(ops.max(frame), 1), 2), 1);
}
