// The distribution of a frame's pixel errors on fixed edges, so that histograms of any two frames compare bin by bin.

export const ERROR_HISTOGRAM_BINS = 64;
const FIRST_EDGE = 1 / 1024;
const LOGARITHMIC_BINS = ERROR_HISTOGRAM_BINS - 1;
const EDGES = makeEdges();
/** Leading bits of a float32: its exponent and the first seven of its mantissa, so that no step is as wide as a bin. */
const LEADING_BITS = 16;
const BIN_BY_LEADING_BITS = makeBins();

function makeEdges(): Float64Array {
  const edges = new Float64Array(ERROR_HISTOGRAM_BINS + 1);
  for (let k = 1; k <= ERROR_HISTOGRAM_BINS; k++) edges[k] = histogramEdge(k);
  return edges;
}

/** The bin of the smallest of the errors below 1 that share their leading bits. */
function makeBins(): Uint8Array {
  const [bitsOfOne] = new Uint32Array(Float32Array.of(1).buffer);
  const bins = new Uint8Array(bitsOfOne! >>> LEADING_BITS);
  const bits = new Uint32Array(1);
  const error = new Float32Array(bits.buffer);
  for (let leading = 0, bin = 0; leading < bins.length; leading++) {
    bits[0] = leading << LEADING_BITS;
    while (error[0]! >= EDGES[bin + 1]!) bin++;
    bins[leading] = bin;
  }
  return bins;
}

/** edges[k] of `histogramEdges`, and what lies between them on their logarithmic scale; k in [0.5, 64]. */
export function histogramEdge(k: number): number {
  return 2 ** (-10 + (10 * (k - 1)) / LOGARITHMIC_BINS);
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
  const bits = new Uint32Array(errorMap.buffer, errorMap.byteOffset, errorMap.length);
  for (let i = 0; i < errorMap.length; i++) {
    const error = errorMap[i]!;
    if (!(error >= 0)) throw new RangeError(`A pixel error must be 0 or more; pixel ${i} has ${error}.`);
    counts[histogramBin(error, bits[i]!)]!++;
  }
  return counts;
}

/** Bin of one error ≥ 0, by a table in place of its logarithm; the error may lie one bin above what the table says. */
function histogramBin(error: number, bits: number): number {
  if (error < FIRST_EDGE) return 0;
  if (error >= 1) return ERROR_HISTOGRAM_BINS - 1;
  const bin = BIN_BY_LEADING_BITS[bits >>> LEADING_BITS]!;
  return error >= EDGES[bin + 1]! ? bin + 1 : bin;
}
