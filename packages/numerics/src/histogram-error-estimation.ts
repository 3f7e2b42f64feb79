// Histogram error estimation (HEE): what part of a frame's error is the background's, which piles up over many pixels
// and hides a small anomaly, told from the histogram of the frame's pixel errors, and taken away. The idea is Xing and
// Li's (PMB + HEE, IEEE TCSVT 33(8), 2023); no code of it was published, so every formula and constant here is ours.
import { ERROR_HISTOGRAM_BINS, histogramEdge } from "./error-histogram.ts";

/**
 * How the background error τ of a frame is found. MODE: from the frame's own histogram. CALIBRATED: `threshold`, the
 * same for every frame, learned from normal ones (`histogramQuantile`).
 */
export type BackgroundEstimator =
  | { readonly method: "MODE"; readonly share: number }
  | { readonly method: "CALIBRATED"; readonly threshold: number };

/** τ of a frame by either method; see `modeBackgroundError` for its range. */
export function estimateBackgroundError(histogram: Uint32Array, estimator: BackgroundEstimator): number {
  switch (estimator.method) {
    case "MODE":
      return modeBackgroundError(histogram, estimator.share);
    case "CALIBRATED":
      return estimator.threshold;
    default:
      throw estimator satisfies never;
  }
}

/**
 * What of bin 0's pixels a bin of the others' width would hold just below the first edge, were errors evenly spread
 * there: that bin is all octaves below 1/1024, and its bare count would pass for the mode of any good reconstruction.
 */
const FIRST_BIN_SHARE = 1 - histogramEdge(0.5) / histogramEdge(1.5);

/**
 * The background error τ of a frame: the error at which the right side of its histogram's mode has fallen to a small
 * share of the mode's height.
 *
 *     c[b] = histogram[b], c[0] times 0.104 (a bin's width of it)      h[b] = (c[b−1] + 2·c[b] + c[b+1]) / 4
 *     m = the b of largest h[b], the first of equals                 b = the first bin > m with h[b] ≤ share · h[m]
 *     p = b − 1 + (h[b−1] − share · h[m]) / (h[b−1] − h[b])          τ = edge at p + 1/2 = 2^(−10 + 10·(p − 1/2)/63)
 *
 * with the outermost bins standing in for their missing neighbours. Between bin centres the height is taken to be
 * linear in the logarithm of the error, so that τ does not jump from frame to frame by a bin's width, 11.6 %.
 *
 * On the logarithmic bins the mode of a Gaussian error is its σ, and the share 0.05 is reached at about 3 σ. Errors
 * multiplied by 2^(10k/63) give a τ multiplied by the same, as long as neither meets an end bin. Pixels far above τ
 * change nothing, however bright, as long as they are fewer than those of the background.
 *
 * Degenerate: a map of one value lies below its τ, and so does a map of zeros, whose τ is about 1/1024; where the height
 * never falls so far, τ = 1.
 *
 * @param histogram uint32 [64], `errorHistogram` of the frame's absolute errors; not all zero
 * @param share in (0, 1/2]
 * @returns in (1/1024, 1]
 * @throws RangeError where the histogram has other than 64 bins or no pixel, or share is not in (0, 1/2]
 */
export function modeBackgroundError(histogram: Uint32Array, share: number): number {
  requirePixels(histogram);
  if (!(share > 0 && share <= 0.5)) {
    throw new RangeError(`A share of the mode's height must be above 0 and at most 0.5, not ${share}.`);
  }
  const heights = smoothHeights(histogram);
  let mode = 0;
  for (let b = 1; b < heights.length; b++) if (heights[b]! > heights[mode]!) mode = b;
  const floor = share * heights[mode]!;
  for (let b = mode + 1; b < heights.length; b++) {
    const [before, height] = [heights[b - 1]!, heights[b]!];
    if (height <= floor) return histogramEdge(b - 0.5 + (before - floor) / (before - height));
  }
  return 1;
}

function smoothHeights(histogram: Uint32Array): Float64Array {
  const heights = Float64Array.from(histogram);
  heights[0]! *= FIRST_BIN_SHARE;
  const last = heights.length - 1;
  return heights.map(
    (height, b, all) => (all[Math.max(0, b - 1)]! + 2 * height + all[Math.min(last, b + 1)]!) / 4,
  );
}

/**
 * The error that a share of the pixels lie below: the calibrated background error, of the sum of normal frames'
 * histograms.
 *
 *     b = the first bin with c[0] + … + c[b] ≥ share · n      f = (share · n − c[0] − … − c[b−1]) / c[b]
 *     edge at b + f, on the logarithmic scale; f / 1024 in bin 0
 *
 * @param histogram counts [64], of any number of frames; not all zero
 * @param share in (0, 1)
 * @returns in (0, 1], within one bin's width (11.6 %) of the quantile of the errors themselves
 * @throws RangeError where the histogram has other than 64 bins or no pixel, or share is not in (0, 1)
 */
export function histogramQuantile(histogram: ArrayLike<number>, share: number): number {
  const pixels = requirePixels(histogram);
  if (!(share > 0 && share < 1)) throw new RangeError(`A share must lie between 0 and 1, not ${share}.`);
  const below = share * pixels;
  let sum = 0;
  let bin = 0;
  while (sum + histogram[bin]! < below) sum += histogram[bin++]!;
  const fraction = (below - sum) / histogram[bin]!;
  return bin === 0 ? fraction * histogramEdge(1) : histogramEdge(bin + fraction);
}

/**
 * The errors without the background's.
 *
 *     out[i] = max(0, errorMap[i] − threshold)
 *
 * @param errorMap float32 [pixels], 0 or more
 * @param threshold τ ≥ 0
 * @returns float32 [pixels], nowhere above errorMap
 * @throws RangeError where an error or the threshold is negative or NaN
 */
export function correctErrorMap(errorMap: Float32Array, threshold: number): Float32Array {
  if (!(threshold >= 0)) throw new RangeError(`A background error must be 0 or more, not ${threshold}.`);
  const corrected = new Float32Array(errorMap.length);
  for (let i = 0; i < errorMap.length; i++) {
    const error = errorMap[i]!;
    if (!(error >= 0)) throw new RangeError(`A pixel error must be 0 or more; pixel ${i} has ${error}.`);
    if (error > threshold) corrected[i] = error - threshold;
  }
  return corrected;
}

function requirePixels(histogram: ArrayLike<number>): number {
  if (histogram.length !== ERROR_HISTOGRAM_BINS) {
    throw new RangeError(`An error histogram has ${ERROR_HISTOGRAM_BINS} bins, not ${histogram.length}.`);
  }
  let pixels = 0;
  for (let b = 0; b < ERROR_HISTOGRAM_BINS; b++) pixels += histogram[b]!;
  if (pixels === 0) throw new RangeError("A histogram without pixels says nothing of a background.");
  return pixels;
}
