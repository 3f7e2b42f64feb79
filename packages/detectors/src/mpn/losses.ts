// The losses of the dynamic prototype unit; notation as in prototypes.ts.
import { ops } from "@engram/engine";
import type { Prototyping } from "./prototypes.ts";

/**
 * Feature loss: how far features lie from their nearest prototypes, mean over the B·N·d elements of (X − key)². Keys
 * carry gradient too. At test time the same number is the feature distance of a frame.
 *
 * @param features X, float32 [B, N, d], unit rows
 * @returns scalar in [0, 4/d]
 */
export function featureLoss(features: ops.Tensor3D, { keys, nearest }: Prototyping): ops.Scalar {
  return ops.mean(ops.square(ops.sub(features, ops.matMul(nearest, keys))));
}

/**
 * Distinctness loss: mean over the B frames and the pairs i < j of their prototypes of max(0, 1 − ‖k_i − k_j‖²).
 * Of unit rows ‖k_i − k_j‖² = 2 − 2·k_i·k_j.
 *
 * @returns scalar in [0, 1]
 */
export function distinctLoss({ keys }: Prototyping): ops.Scalar {
  const [frames, count] = keys.shape;
  const closeness = ops.relu(ops.sub(ops.mul(ops.matMul(keys, keys, false, true), 2), 1));
  const ofPairs = ops.mul(closeness, ops.sub(1, ops.eye(count)));
  return ops.div(ops.sum(ofPairs), frames * count * (count - 1));
}
