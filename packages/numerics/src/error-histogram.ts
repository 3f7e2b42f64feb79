// The distribution of a frame's pixel errors on fixed edges, so that histograms of any two frames compare bin by bin.

export const ERROR_HISTOGRAM_BINS = 64;
const FIRST_EDGE = 1 / 1024;
const LOGARITHMIC_BINS = ERROR_HISTOGRAM_BINS - 1;
const EDGES = makeEdges();

function makeEdges(): Float64Array {
  const edges = new Float64Array(ERROR_HISTOGRAM_BINS + 1);
  for (let k = 1; k <= ERROR_HISTOGRAM_BINS; k++) edges[k] = 2 ** (-10 + (10 * (k - 1)) / LOGARITHMIC_BINS);
  return edges;
}

/**
 * The 65 edges of the 64 bins, version 1.
 *
 *     edges[0] = 0;   edges[k] = 2^(−10 + 10·(k−1)/63) for k = 1 … 64, from 1/1024 to 1
 *
 * Bin b holds edges[b] ≤ error < edges[b+1]; the last bin holds 1 as well.
 *
 * @returns a fresh float64 [65]
 */
export function histogramEdges(): Float64Array {
  return EDGES.slice();
}

/**
 * Histogram of a frame's absolute pixel errors (mean over channels, frames in [0, 1]).
 *
 * @param errorMap float32 [pixels], in [0, 1]; a value above 1 (rounding in a network's last layer) counts as 1
 * @returns uint32 [64], summing to the number of pixels; all zero for an empty map
 * @throws RangeError where an error is negative or NaN
 */
export function errorHistogram(errorMap: Float32Array): Uint32Array {
  const counts = new Uint32Array(ERROR_HISTOGRAM_BINS);
  for (let i = 0; i < errorMap.length; i++) {
    const error = errorMap[i]!;
    if (!(error >= 0)) throw new RangeError(`A pixel error must be 0 or more; pixel ${i} has ${error}.`);
    counts[histogramBin(error)]!++;
  }
  return counts;
}

/** Bin of one error ≥ 0. The logarithm may round across an edge, so its guess is checked against the edges. */
function histogramBin(error: number): number {
  if (error < FIRST_EDGE) return 0;
  if (error >= 1) return ERROR_HISTOGRAM_BINS - 1;
  const guess = 1 + Math.floor((LOGARITHMIC_BINS / 10) * (Math.log2(error) + 10));
  if (error < EDGES[guess]!) return guess - 1;
  return error >= EDGES[guess + 1]! ? guess + 1 : guess;
}
