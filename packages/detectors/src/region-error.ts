// The error of a frame's worst region: an anomaly that is small in the picture drowns in the mean over all of it.
import { ops } from "@engram/engine";

/**
 * Side of a region as a share of the frame's: a person some way off fills it, sensor noise averages out in it. By which
 * measurements it was chosen tells docs/adr/0008-region-error.md.
 */
const REGION_SHARE = 1 / 12;

/** Side of the regions of frames of `size` × `size` pixels: a twelfth of theirs, rounded, at least one pixel. */
export function regionSide(size: number): number {
  return Math.max(1, Math.round(REGION_SHARE * size));
}

/**
 * Region error: the mean absolute error of the square of `side` × `side` pixels in which it is largest.
 *
 *     max over (Y, X) of  1 / (side² · C) · Σ errors[Y … Y+side−1, X … X+side−1, c]
 *
 * over all positions inside the picture, one pixel apart. The means are taken along the rows, then along the columns:
 * 2 · side additions a position in place of side². At the size of the picture it is the mean absolute error itself. Absolute
 * and not squared: the square lets single pixels on sharp edges, which any prediction misses, outweigh a whole region.
 *
 * @param errors absolute errors of frames in [0, 1], float32 [1, height, width, C]
 * @param side 1 … min(height, width)
 * @returns scalar in [0, 1], at least the mean of `errors` where the squares tile the picture
 */
export function regionError(errors: ops.Tensor4D, side: number): ops.Scalar {
  const pixels = ops.mean<ops.Tensor4D>(errors, 3, true);
  const rows = ops.avgPool(pixels, [1, side], 1, "valid");
  return ops.max(ops.avgPool(rows, [side, 1], 1, "valid"));
}
