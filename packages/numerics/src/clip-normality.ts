// Scores the way MNAD's published evaluation makes them: PSNR, per-clip min–max, and the mix of two lanes.

/** Smallest mean squared error that PSNR tells apart from none. */
export const PSNR_MSE_FLOOR = 1e-10;
/** PSNR of an exact prediction, in dB: that of the floor. */
export const PSNR_CAP_DB = 100;

/**
 * Peak signal-to-noise ratio of a frame with values in [0, 1], in dB.
 *
 *     psnr = 10 · log10(peak² / max(mse, 1e-10))
 *
 * Source: MNAD's published code (peak 1) and paper (peak max(Î)), with a floor of ours: an exact prediction gives
 * 100 dB, not infinity. The same floor holds for peak², so that a black frame has a PSNR too.
 *
 * @param mse mean squared error over all pixels and channels, in [0, ∞)
 * @param peak largest value there is, or that the frame has, in [0, 1]
 * @returns dB, at most 100; negative where mse > peak²
 * @throws RangeError where mse is negative, infinite or NaN, or peak is not in [0, 1]
 */
export function psnrFromMse(mse: number, peak = 1): number {
  if (!(mse >= 0 && mse < Infinity))
    throw new RangeError(`A mean squared error must be 0 or more, not ${mse}.`);
  if (!(peak >= 0 && peak <= 1)) throw new RangeError(`A peak must lie in [0, 1], not ${peak}.`);
  return 10 * Math.log10(Math.max(peak * peak, PSNR_MSE_FLOOR) / Math.max(mse, PSNR_MSE_FLOOR));
}

/**
 * Min–max normalization of one lane over one clip.
 *
 *     g(x) = (x − min) / (max − min)
 *
 * Extremes are taken over the finite values; a value that is not finite is a gap and stays one, as NaN.
 * A clip whose values are all equal carries no ranking (0/0 in the published code): every frame gets ½. Of all
 * constants only ½ is its own mirror image, g = 1 − g, so the lane neither accuses nor acquits, whichever its
 * direction is; 0 would make the same silent lane all abnormal as PSNR and all normal as a distance.
 *
 * @param values one lane of one clip, frame by frame, any unit
 * @returns float64, as long as values, in [0, 1] or NaN where values has a gap; empty for an empty clip
 */
export function normalizeMinMax(values: ArrayLike<number>): Float64Array {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const normalized = new Float64Array(values.length);
  const range = max - min;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) normalized[i] = Number.NaN;
    else normalized[i] = range > 0 ? (value - min) / range : 0.5;
  }
  return normalized;
}

/**
 * MNAD's normality of the frames of one clip.
 *
 *     normality = λ · g(psnr) + (1 − λ) · (1 − g(distance)),   g = min–max over the clip;  abnormality = 1 − normality
 *
 * Source: Park, Noh and Ham, CVPR 2020, eq. 13 and 14, as the published code has it.
 *
 * @param psnr dB, one value a frame; larger = more normal
 * @param distance feature distance, one value a frame; larger = less normal
 * @param lambda weight of the PSNR, in [0, 1]; MNAD: 0.6 for prediction, 0.7 for reconstruction
 * @returns float64 in [0, 1], NaN where either lane has a gap; a constant lane counts as ½ (`normalizeMinMax`)
 * @throws RangeError where the lengths differ or lambda is outside [0, 1]
 */
export function mixNormality(
  psnr: ArrayLike<number>,
  distance: ArrayLike<number>,
  lambda: number,
): Float64Array {
  if (psnr.length !== distance.length) {
    throw new RangeError(`Lanes to mix must be equally long: ${psnr.length} and ${distance.length} frames.`);
  }
  if (!(lambda >= 0 && lambda <= 1)) throw new RangeError(`Lambda must be in [0, 1], not ${lambda}.`);
  const normality = normalizeMinMax(psnr);
  const remoteness = normalizeMinMax(distance);
  for (let i = 0; i < normality.length; i++) {
    normality[i] = lambda * normality[i]! + (1 - lambda) * (1 - remoteness[i]!);
  }
  return normality;
}
