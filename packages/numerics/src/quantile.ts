// Order statistics and the robust scale by which lanes of different units are made comparable.
import { known, type Measured, unknown } from "./measured.ts";

/** MAD of a normal distribution times this is its standard deviation: 1 / Φ⁻¹(¾). */
const MAD_TO_DEVIATION = 1.482602218505602;

export interface Standardization {
  /** median */
  readonly center: number;
  /** above 0 always */
  readonly scale: number;
}

/** The finite values, sorted ascending, as a fresh float64 array. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) kept[count++] = value;
  }
  return kept.subarray(0, count).sort();
}

/**
 * Quantile of sorted values with linear interpolation between order statistics (Hyndman and Fan's type 7, the
 * default of NumPy and R).
 *
 *     h = (n − 1) · p;   quantile = x[⌊h⌋] + (h − ⌊h⌋) · (x[⌊h⌋+1] − x[⌊h⌋])
 *
 * @param sorted finite, ascending, not empty
 * @param p in [0, 1]
 * @throws RangeError where sorted is empty or p is outside [0, 1]
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A quantile's probability must be in [0, 1], not ${p}.`);
  if (sorted.length === 0) throw new RangeError("A quantile needs at least one value.");
  const h = (sorted.length - 1) * p;
  const lower = Math.floor(h);
  const below = sorted[lower]!;
  const share = h - lower;
  return share === 0 ? below : below + share * (sorted[lower + 1]! - below);
}

/**
 * Quantile of the finite values (`quantileOfSorted`); what is not finite is a gap and is left out.
 *
 * @returns null with a reason where no finite value is left
 * @throws RangeError where p is outside [0, 1]
 */
export function quantile(values: ArrayLike<number>, p: number): Measured {
  const sorted = sortedFinite(values);
  return sorted.length === 0 ? unknown("There is no value.") : known(quantileOfSorted(sorted, p));
}

/** Median of the finite values; null with a reason where there is none. */
export function median(values: ArrayLike<number>): Measured {
  return quantile(values, 0.5);
}

/**
 * Centre and scale of a lane that outliers do not move.
 *
 *     center = median(x);   scale = 1.4826 · median(|x − center|)
 *
 * Where half of the values or more are equal the scale is 0: then it is the standard deviation (divisor n), and 1
 * where all values are equal, so that (x − center) / scale is always finite.
 *
 * @param values finite values of one lane; what is not finite is left out
 * @throws RangeError where no finite value is left
 */
export function robustStandardization(values: ArrayLike<number>): Standardization {
  const sorted = sortedFinite(values);
  const center = quantileOfSorted(sorted, 0.5);
  const deviation = MAD_TO_DEVIATION * quantileOfSorted(sorted.map((x) => Math.abs(x - center)).sort(), 0.5);
  if (deviation > 0) return { center, scale: deviation };
  const isConstant = sorted[0] === sorted[sorted.length - 1];
  return { center, scale: isConstant ? 1 : standardDeviation(sorted) };
}

function standardDeviation(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/**
 * One step of an exponential moving average: average + weight · (sample − average); the first sample starts it.
 *
 * @param average the average so far, null before the first sample
 * @param weight of the new sample, in (0, 1]
 * @throws RangeError where the sample is not finite or the weight is outside (0, 1]
 */
export function movingAverage(average: number | null, sample: number, weight: number): number {
  if (!Number.isFinite(sample)) throw new RangeError(`A sample must be finite, not ${sample}.`);
  if (!(weight > 0 && weight <= 1)) throw new RangeError(`A weight must be in (0, 1], not ${weight}.`);
  return average === null ? sample : average + weight * (sample - average);
}
