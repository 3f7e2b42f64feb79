// What every detector tells of the error of a frame.
import { ops } from "@engram/engine";
import { regionError, regionSide } from "./region-error.ts";

/**
 * The outputs that any scoring step has: `predictionError` (mean squared error) and `regionError` (mean absolute error
 * of the worst region), rank 0, and `errorMap` float32 [size, size], absolute error, mean over colours.
 *
 * @param difference of the frame and what was made of it, both in [0, 1], float32 [1, size, size, colours]
 */
export function frameErrors(
  difference: ops.Tensor4D,
): Record<"predictionError" | "regionError" | "errorMap", ops.Tensor> {
  const errors = ops.abs(difference);
  return {
    predictionError: ops.mean(ops.square(difference)),
    regionError: regionError(errors, regionSide(difference.shape[1])),
    errorMap: ops.div(ops.sum(errors, [0, 3]), difference.shape[3]),
  };
}
