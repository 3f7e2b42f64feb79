// Where in a frame the error is: the mask above the model's threshold, with its regions.
import type { FrameMask } from "@engram/db";
import { smoothErrorMap } from "@engram/detectors";
import { encodeRunLength, findRegions, thresholdMask } from "@engram/numerics";

/** Connected pixels below one in this many of the map's are specks, not objects. */
const PIXELS_PER_SPECK = 2048;
const SMALLEST_REGION_PX = 4;

/**
 * The mask of one frame: the pixels whose smoothed error (`smoothErrorMap`, as in the calibration) reaches the
 * threshold; regions smaller than max(4, pixels / 2048) are dropped.
 *
 * @param errorMap float32 [size · size], absolute error, frames in [0, 1]
 * @returns null where no region is left
 */
export function localizeFrame(
  frameIndex: number,
  errorMap: Float32Array,
  size: number,
  threshold: number,
): FrameMask | null {
  const smooth = smoothErrorMap(errorMap, size);
  const minAreaPx = Math.max(SMALLEST_REGION_PX, Math.round((size * size) / PIXELS_PER_SPECK));
  const { mask, regions, areaPx } = findRegions(smooth, thresholdMask(smooth, threshold), size, size, {
    minAreaPx,
  });
  if (areaPx === 0) return null;
  return { frameIndex, width: size, height: size, threshold, areaPx, runs: encodeRunLength(mask), regions };
}
