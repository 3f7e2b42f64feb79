// Where in a frame the error is: the mask above the model's threshold, with its regions.
import type { FrameMask } from "@engram/db";
import { smoothErrorMap } from "@engram/detectors";
import { encodeRunLength, findRegions, stretchErrorMap, thresholdMask } from "@engram/numerics";

/** Connected pixels below one in this many of the map's are specks, not objects. */
const PIXELS_PER_SPECK = 2048;
const SMALLEST_REGION_PX = 4;

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The mask of one frame: the pixels whose smoothed error (`smoothErrorMap`, as in the calibration) reaches the
 * threshold; regions smaller than max(4, pixels / 2048) are dropped. Given the picture's own size, the smoothed map is
 * laid over it (`stretchErrorMap`) first, and mask and regions are in the picture's pixels.
 *
 * @param errorMap float32 [size · size], absolute error, frames in [0, 1]
 * @param picture null: the mask has the size of the error map
 * @returns null where no region is left
 */
export function localizeFrame(
  frameIndex: number,
  errorMap: Float32Array,
  size: number,
  threshold: number,
  picture: PictureSize | null = null,
): FrameMask | null {
  const smooth = smoothErrorMap(errorMap, size);
  // Stretching makes no error larger: most frames end here.
  if (!smooth.some((error) => error >= threshold)) return null;
  const { width, height } = picture ?? { width: size, height: size };
  const { values } = stretchErrorMap({ values: smooth, width: size, height: size }, width, height);
  const minAreaPx = Math.max(SMALLEST_REGION_PX, Math.round((width * height) / PIXELS_PER_SPECK));
  const { mask, regions, areaPx } = findRegions(values, thresholdMask(values, threshold), width, height, {
    minAreaPx,
  });
  if (areaPx === 0) return null;
  return { frameIndex, width, height, threshold, areaPx, runs: encodeRunLength(mask), regions };
}
