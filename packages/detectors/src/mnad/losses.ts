// The losses that tie queries and items together, and the regular score that gates the test-time update.
import { ops } from "@engram/engine";
import type { Addressing } from "./memory.ts";

type Scalar = ops.Scalar;
type Tensor2D = ops.Tensor2D;

/** Keeps ‖Q − p‖ away from 0, where its gradient is undefined; torch's triplet loss adds it to the difference. */
const DISTANCE_EPSILON = 1e-6;
const MARGIN = 1;

/**
 * Compactness: how far queries lie from their nearest items, mean over the N·C elements of (Q − p)²
 * with p_k the nearest item of query k. The published code's mean square, where the paper's equation 8 sums norms.
 * At test time the same number is the feature distance of a frame.
 *
 * @param queries, items float32 [N, C], [M, C], unit rows
 * @returns scalar in [0, 4/C]
 */
export function compactness(queries: Tensor2D, items: Tensor2D, addressing: Addressing): Scalar {
  return ops.mean(ops.square(ops.sub(queries, ops.matMul(addressing.nearest, items))));
}

/**
 * Separateness: a triplet loss between the nearest item p and the second nearest n, mean over the N queries of
 * max(0, ‖Q − p + 1e-6‖₂ − ‖Q − n + 1e-6‖₂ + 1). The published code's mean, where the paper's equation 9 sums.
 *
 * @param queries, items float32 [N, C], [M, C], unit rows
 * @returns scalar in [0, 1]
 */
export function separateness(queries: Tensor2D, items: Tensor2D, addressing: Addressing): Scalar {
  const toNearest = distances(queries, ops.matMul(addressing.nearest, items));
  const toSecond = distances(queries, ops.matMul(addressing.second, items));
  return ops.mean(ops.relu(ops.add(ops.sub(toNearest, toSecond), MARGIN)));
}

/** ‖a − b + 1e-6‖₂ per row, float32 [N]. */
function distances(a: ops.Tensor, b: ops.Tensor): ops.Tensor {
  return ops.sqrt(ops.sum(ops.square(ops.add(ops.sub(a, b), DISTANCE_EPSILON)), 1));
}

/**
 * The regular score that gates the test-time update: Σ(w·e) / Σw with w = 1 − exp(−e).
 * Per element, as in the published code; the paper's equation 13 takes the norm of each pixel.
 *
 * @param errors e, squared errors of frames in [0, 1], float32 of any shape
 * @returns scalar in [0, 1]; 0 where every weight is 0, that is for a perfect prediction
 */
export function regularScore(errors: ops.Tensor): Scalar {
  const weights = ops.sub(1, ops.exp(ops.neg(errors)));
  return ops.div(ops.sum(ops.mul(weights, errors)), ops.maximum(ops.sum(weights), 1e-30));
}
