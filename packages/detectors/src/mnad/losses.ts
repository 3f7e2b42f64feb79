// The losses that tie queries and items together, and the regular score that gates the test-time update.
import type { MnadHyperparameters } from "@engram/core";
import { ops } from "@engram/engine";
import type { Addressing } from "./memory.ts";

type Scalar = ops.Scalar;
type Tensor2D = ops.Tensor2D;

/** Keeps ‖Q − p‖ away from 0, where its gradient is undefined; torch's triplet loss adds it to the difference. */
const DISTANCE_EPSILON = 1e-6;
const MARGIN = 1;

type LossForm = Pick<MnadHyperparameters, "distanceForm" | "lossReduction">;

/**
 * Compactness: how far queries lie from their nearest items, p_k the nearest item of query k. By `distanceForm`
 *
 *     MEAN_SQUARE (published code)      d_k = mean over the C elements of (Q_k − p_k)²
 *     L2_NORM (the paper, equation 8)   d_k = ‖Q_k − p_k + 1e-6‖₂
 *
 * and by `lossReduction` the mean of d_k over the N queries (code) or their sum (equation 8).
 * The mean is at test time the feature distance of a frame.
 *
 * @param queries, items float32 [N, C], [M, C], unit rows
 * @returns scalar; the mean is in [0, 4/C] for MEAN_SQUARE, in [0, 2] for L2_NORM
 */
export function compactness(
  queries: Tensor2D,
  items: Tensor2D,
  addressing: Addressing,
  { distanceForm, lossReduction }: LossForm,
): Scalar {
  const nearest: Tensor2D = ops.matMul(addressing.nearest, items);
  switch (distanceForm) {
    case "MEAN_SQUARE": {
      const mean: Scalar = ops.mean(ops.square(ops.sub(queries, nearest)));
      return lossReduction === "MEAN" ? mean : ops.mul(mean, queries.shape[0]);
    }
    case "L2_NORM":
      return reduce(distances(queries, nearest), lossReduction);
    default:
      throw distanceForm satisfies never;
  }
}

/**
 * Separateness: a triplet loss between the nearest item p and the second nearest n, of each query
 * max(0, ‖Q − p + 1e-6‖₂ − ‖Q − n + 1e-6‖₂ + 1); by `lossReduction` the mean over the N queries (published code) or
 * their sum (equation 9).
 *
 * @param queries, items float32 [N, C], [M, C], unit rows
 * @returns scalar; the mean is in [0, 1]
 */
export function separateness(
  queries: Tensor2D,
  items: Tensor2D,
  addressing: Addressing,
  { lossReduction }: Pick<LossForm, "lossReduction">,
): Scalar {
  const toNearest = distances(queries, ops.matMul(addressing.nearest, items));
  const toSecond = distances(queries, ops.matMul(addressing.second, items));
  return reduce(ops.relu(ops.add(ops.sub(toNearest, toSecond), MARGIN)), lossReduction);
}

function reduce(ofQueries: ops.Tensor, lossReduction: LossForm["lossReduction"]): Scalar {
  return lossReduction === "MEAN" ? ops.mean(ofQueries) : ops.sum(ofQueries);
}

/** ‖a − b + 1e-6‖₂ per row, float32 [N]. */
function distances(a: ops.Tensor, b: ops.Tensor): ops.Tensor {
  return ops.sqrt(ops.sum(ops.square(ops.add(ops.sub(a, b), DISTANCE_EPSILON)), 1));
}

/**
 * The regular score that gates the test-time update: Σ(w·e) / Σw with w = 1 − exp(−e), and e by `gateError`
 *
 *     ELEMENT_SQUARE (published code)   the square of each element, so over colours as over pixels
 *     PIXEL_NORM (equation 13)          ‖·‖₂ of each pixel over its colours
 *
 * @param difference of the frame and what was made of it, both in [0, 1], float32 [batch, height, width, 3]
 * @returns scalar in [0, 1], for PIXEL_NORM in [0, √3]; 0 where every weight is 0, that is for a perfect prediction
 */
export function regularScore(
  difference: ops.Tensor4D,
  { gateError }: Pick<MnadHyperparameters, "gateError">,
): Scalar {
  const squares = ops.square(difference);
  const errors = gateError === "ELEMENT_SQUARE" ? squares : ops.sqrt(ops.sum(squares, 3));
  const weights = ops.sub(1, ops.exp(ops.neg(errors)));
  return ops.div(ops.sum(ops.mul(weights, errors)), ops.maximum(ops.sum(weights), 1e-30));
}
