// Smoothing of a series along time. A gap (NaN) stays a gap and never leaks into its neighbours.

/** A running sum is summed afresh this often, so that rounding cannot pile up over a day of frames. */
const REFRESH_FRAMES = 1024;

/** Where a window lies about the value that it smooths. TRAILING: it ends there, so that nothing later is needed. */
export type WindowAlignment = "CENTRED" | "TRAILING";

/**
 * How many values in front of and behind a value its window of `frames` holds.
 *
 * @throws RangeError where frames is not a positive integer, or centred and even
 */
export function windowReach(
  frames: number,
  alignment: WindowAlignment,
): { readonly before: number; readonly after: number } {
  const isWhole = Number.isInteger(frames) && frames > 0;
  switch (alignment) {
    case "CENTRED": {
      if (isWhole && frames % 2 === 1) return { before: (frames - 1) / 2, after: (frames - 1) / 2 };
      throw new RangeError(`A centred window must be a positive odd number of frames, not ${frames}.`);
    }
    case "TRAILING": {
      if (isWhole) return { before: frames - 1, after: 0 };
      throw new RangeError(`A trailing window must be a positive number of frames, not ${frames}.`);
    }
    default:
      throw alignment satisfies never;
  }
}

/**
 * Moving mean.
 *
 *     out[i] = mean of the finite values[j] with i − before ≤ j ≤ i + after        before, after: `windowReach`
 *
 * At the ends the window is cut, not padded. A value that is not finite is a gap: it gives none of its own (NaN) and
 * takes no part in its neighbours' means. A trailing mean is causal: a live camera has it with the frame itself.
 *
 * @param values any length
 * @param frames window, 1 or more, odd where it is centred; 1 = a plain copy
 * @returns float64, as long as values, within the extremes of values
 * @throws RangeError as `windowReach` does
 */
export function movingMean(
  values: ArrayLike<number>,
  frames: number,
  alignment: WindowAlignment = "CENTRED",
): Float64Array {
  const { before, after } = windowReach(frames, alignment);
  const { min, max } = finiteRange(values);
  const smoothed = new Float64Array(values.length).fill(Number.NaN);
  let sum = 0;
  let count = 0;
  const add = (index: number, sign: 1 | -1) => {
    const value = values[index];
    if (value === undefined || !Number.isFinite(value)) return;
    sum += sign * value;
    count += sign;
  };
  for (let i = 0; i < values.length; i++) {
    if (i % REFRESH_FRAMES === 0) {
      sum = 0;
      count = 0;
      for (let j = Math.max(0, i - before); j <= i + after; j++) add(j, 1);
    } else {
      if (i - before - 1 >= 0) add(i - before - 1, -1);
      add(i + after, 1);
    }
    // The running sum rounds: a mean must not leave the values' range by it, an abnormality not [0, 1].
    if (Number.isFinite(values[i]!)) smoothed[i] = Math.min(max, Math.max(min, sum / count));
  }
  return smoothed;
}

function finiteRange(values: ArrayLike<number>): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/**
 * Samples of the Gaussian density at integer distances, not renormalized.
 *
 *     kernel[k] = exp(−(k − r)² / 2σ²) / (σ √2π),   r = (taps − 1) / 2
 *
 * @returns float64 [taps]; 15 taps at σ = 2 sum to 0.99985
 * @throws RangeError where taps is not a positive odd integer or sigma is not above 0
 */
export function gaussianKernel(taps: number, sigma: number): Float64Array {
  if (!(Number.isInteger(taps) && taps > 0 && taps % 2 === 1)) {
    throw new RangeError(`A kernel must have a positive odd number of taps, not ${taps}.`);
  }
  if (!(sigma > 0 && sigma < Infinity)) throw new RangeError(`Sigma must be above 0, not ${sigma}.`);
  const r = (taps - 1) / 2;
  const peak = 1 / (sigma * Math.sqrt(2 * Math.PI));
  return Float64Array.from(
    { length: taps },
    (_, k) => peak * Math.exp(-((k - r) ** 2) / (2 * sigma * sigma)),
  );
}

/**
 * Gaussian smoothing as MPN's published evaluation does it: valid convolution with `gaussianKernel(taps, sigma)`,
 * then the first and last (taps − 1) / 2 values repeat their nearest smoothed neighbour. Since the kernel is not
 * renormalized, a constant shrinks by its sum (0.99985 at the defaults), which per-clip min–max undoes.
 *
 * Every unbroken run of finite values is smoothed by itself; gaps stay NaN. A run shorter than the kernel has no
 * valid position and is passed on unsmoothed.
 *
 * @returns float64, as long as values
 * @throws RangeError as `gaussianKernel` does
 */
export function smoothGaussian(values: ArrayLike<number>, taps = 15, sigma = 2): Float64Array {
  const kernel = gaussianKernel(taps, sigma);
  const smoothed = new Float64Array(values.length).fill(Number.NaN);
  for (let start = 0; start < values.length; ) {
    let end = start;
    while (end < values.length && Number.isFinite(values[end]!)) end++;
    smoothRun(values, start, end, kernel, smoothed);
    start = end + 1;
  }
  return smoothed;
}

/** Smooths values[start … end − 1] into the same positions of `out`. */
function smoothRun(
  values: ArrayLike<number>,
  start: number,
  end: number,
  kernel: Float64Array,
  out: Float64Array,
): void {
  if (end - start < kernel.length) {
    for (let i = start; i < end; i++) out[i] = values[i]!;
    return;
  }
  const reach = (kernel.length - 1) / 2;
  for (let i = start + reach; i < end - reach; i++) {
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * values[i - reach + k]!;
    out[i] = sum;
  }
  out.fill(out[start + reach]!, start, start + reach);
  out.fill(out[end - reach - 1]!, end - reach, end);
}
