// What is told from a frame's error map once it is on the host.
import type { BackgroundRule, Lane } from "@engram/core";
import { correctErrorMap, errorHistogram, estimateBackgroundError, topMean } from "@engram/numerics";

/** Share of a map's pixels that its peak is the mean of: a defect or a person far off fills so much of the picture. */
const PEAK_SHARE = 1 / 1000;

/** An error map without the background's part of it. */
export interface CorrectedErrors {
  /** τ ≥ 0: what was taken from every pixel */
  readonly backgroundError: number;
  /** float32 [size·size]: max(0, error − τ) */
  readonly errorMap: Float32Array;
}

export interface MeasuredErrors {
  /** uint32 [64]: `errorHistogram` of the map */
  readonly histogram: Uint32Array;
  /** null where there is no rule */
  readonly corrected: CorrectedErrors | null;
  /** PEAK_ERROR, and CORRECTED_ERROR where there is a rule */
  readonly lanes: Readonly<Record<"PEAK_ERROR", number>> & Readonly<Partial<Record<Lane, number>>>;
}

/**
 * Histogram error estimation of one frame, and the lanes that come of it.
 *
 *     τ = `estimateBackgroundError` of E's histogram by the rule        E' = max(0, E − τ)
 *     PEAK_ERROR = peak of E        CORRECTED_ERROR = peak of E'        peak: `peakError`
 *
 * @param errorMap E, float32 [size·size], absolute error, frames in [0, 1]
 * @param rule null: the background error is to be learned and is not yet
 * @returns 0 ≤ CORRECTED_ERROR ≤ PEAK_ERROR
 * @throws RangeError where an error is NaN: what made the map has diverged
 */
export function measureErrors(
  errorMap: Float32Array,
  size: number,
  rule: BackgroundRule | null,
): MeasuredErrors {
  const histogram = errorHistogram(errorMap);
  const peak = peakError(errorMap, size);
  if (rule === null) return { histogram, corrected: null, lanes: { PEAK_ERROR: peak } };
  const backgroundError = estimateBackgroundError(histogram, rule);
  const corrected = { backgroundError, errorMap: correctErrorMap(errorMap, backgroundError) };
  const correctedPeak = peakError(corrected.errorMap, size);
  return { histogram, corrected, lanes: { PEAK_ERROR: peak, CORRECTED_ERROR: correctedPeak } };
}

/**
 * Mean of the largest thousandth (at least one) of the pixels of the smoothed map (`smoothErrorMap`): the share is
 * ours, not tuned on labels.
 *
 * @param errorMap float32 [size·size], 0 or more
 * @returns within the extremes of errorMap
 */
export function peakError(errorMap: Float32Array, size: number): number {
  const count = Math.max(1, Math.round(PEAK_SHARE * errorMap.length));
  return topMean(smoothErrorMap(errorMap, size), count);
}

/**
 * Mean of each pixel's 3×3 neighbourhood, cut at the border: one pixel's noise is no region, and a region's inside
 * has no holes. Mask thresholds are calibrated on smoothed maps, so masks must be taken from smoothed maps too.
 *
 * @param errorMap float32 [size·size], row-major, size at least 2
 * @returns float32 [size·size], within the extremes of errorMap
 */
export function smoothErrorMap(errorMap: Float32Array, size: number): Float32Array {
  return smoothColumns(smoothRows(errorMap, size), size);
}

function smoothRows(map: Float32Array, size: number): Float32Array {
  const smoothed = new Float32Array(map.length);
  for (let first = 0; first < map.length; first += size) {
    const last = first + size - 1;
    for (let i = first + 1; i < last; i++) smoothed[i] = (map[i - 1]! + map[i]! + map[i + 1]!) / 3;
    smoothed[first] = (map[first]! + map[first + 1]!) / 2;
    smoothed[last] = (map[last - 1]! + map[last]!) / 2;
  }
  return smoothed;
}

function smoothColumns(map: Float32Array, size: number): Float32Array {
  const smoothed = new Float32Array(map.length);
  for (let y = 0; y < size; y++) {
    const first = Math.max(0, y - 1);
    const last = Math.min(size - 1, y + 1);
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let row = first; row <= last; row++) sum += map[row * size + x]!;
      smoothed[y * size + x] = sum / (last - first + 1);
    }
  }
  return smoothed;
}
