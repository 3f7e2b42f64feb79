// Histogram error estimation (HEE): what part of a frame's error is the background's, which piles up over many pixels
// and hides a small anomaly, told from the histogram of the frame's pixel errors, and taken away. The idea is Xing and
// Li's (PMB + HEE, IEEE TCSVT 33(8), 2023); no code of it was published, so every formula and constant here is ours.
import { ERROR_HISTOGRAM_BINS, histogramEdge, histogramEdges } from "./error-histogram.ts";

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

/** Bins on either side that a bin's density is taken over: a single one of a small map holds few pixels. */
const REACH = 2;
const EDGES = histogramEdges();

/**
 * The background error τ of a frame: the error at which the right side of its histogram's mode has fallen to a small
 * share of the mode's height. Heights are densities, pixels per unit of error, not the counts of the bins, which grow
 * wider: by their counts, an object's errors, few and spread over all magnitudes, stand as high as the background's own
 * tail and would lift τ just where there is something to see.
 *
 *     d[0] = c[0] · 1024        d[b] = (c[i] + … + c[j]) / (edge[j+1] − edge[i]),   i = max(1, b−2), j = min(63, b+2)
 *     m = 0 where more than half of the pixels lie in bin 0, else the b ≥ 1 of largest d, the first of equals
 *     b = the first bin > m with d[b] ≤ share · d[m]
 *     p = b − 1 + (d[b−1] − share · d[m]) / (d[b−1] − d[b])          τ = edge at p + 1/2 = 2^(−10 + 10·(p − 1/2)/63)
 *
 * with c the histogram. Between bin centres the density is taken to be linear in the logarithm of the error, so that τ
 * does not jump from frame to frame by a bin's width, 11.6 %. Bin 0 is no mode unless it holds the majority: a black
 * border is without error and is no background of the rest.
 *
 * The density of a Gaussian error's magnitude falls to the share 0.05 at 2.45 σ. Errors multiplied by 2^(10k/63) give a τ
 * multiplied by the same, as long as no end bin is met. Pixels far above τ change nothing, however bright.
 *
 * Degenerate: a map of one value lies below its τ, and so does a map of zeros, whose τ is about 1/1024; where the density
 * never falls so far, τ = 1.
 *
 * @param histogram uint32 [64], `errorHistogram` of the frame's absolute errors; not all zero
 * @param share in (0, 1/2]
 * @returns in [1/1024, 1]
 * @throws RangeError where the histogram has other than 64 bins or no pixel, or share is not in (0, 1/2]
 */
export function modeBackgroundError(histogram: Uint32Array, share: number): number {
  const pixels = requirePixels(histogram);
  if (!(share > 0 && share <= 0.5)) {
    throw new RangeError(`A share of the mode's height must be above 0 and at most 0.5, not ${share}.`);
  }
  const densities = densitiesOf(histogram);
  let mode = 0;
  if (histogram[0]! <= pixels / 2) {
    mode = 1;
    for (let b = 2; b < densities.length; b++) if (densities[b]! > densities[mode]!) mode = b;
  }
  const floor = share * densities[mode]!;
  for (let b = mode + 1; b < densities.length; b++) {
    const [before, density] = [densities[b - 1]!, densities[b]!];
    if (density <= floor) return histogramEdge(b - 0.5 + (before - floor) / (before - density));
  }
  return 1;
}

function densitiesOf(histogram: Uint32Array): Float64Array {
  const last = histogram.length - 1;
  const densities = new Float64Array(histogram.length);
  densities[0] = histogram[0]! / EDGES[1]!;
  for (let b = 1; b <= last; b++) {
    const from = Math.max(1, b - REACH);
    const to = Math.min(last, b + REACH);
    let count = 0;
    for (let k = from; k <= to; k++) count += histogram[k]!;
    densities[b] = count / (EDGES[to + 1]! - EDGES[from]!);
  }
  return densities;
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
