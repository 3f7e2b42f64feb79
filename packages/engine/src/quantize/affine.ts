// The arithmetic of 8-bit quantization: how real numbers are written as small integers.
// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
// CVPR 2018. Scales per channel are moved into the filters on either side, as in Xiao et al., "SmoothQuant", ICML 2023.

/** What each channel of a tensor was seen to lie between: float32 [channels]. */
export interface Ranges {
  readonly min: Float32Array;
  readonly max: Float32Array;
}

/** r = scales[channel] · (q − zeroPoint), q in 0 … 255 */
export interface Code {
  /** float32 [channels], positive */
  readonly scales: Float32Array;
  readonly zeroPoint: number;
}

/**
 * How far a channel's scale follows its own range; the rest follows the tensor's. At 1 every channel has all of the
 * levels, but the filter that reads them, which takes up the scales, loses as much as they differ.
 */
const OWN_SHARE = 0.75;
const SMALLEST_SHARE = 1e-3;

/**
 * Largest magnitude of a quantized weight: 7 bits with the sign. Processors without dot products of bytes (AVX2) add
 * two neighbouring products in 16 bits and cut what does not fit: 2 · 255 · 64 = 32640 always fits.
 */
export const WEIGHT_LIMIT = 64;

/**
 * The code of activations. With m the largest magnitude of a channel (at least a thousandth of M) and M that of the
 * tensor: scale = m^0.75 · M^0.25 / levels, where levels = 255 and zeroPoint = 0 if nothing is negative, else 127 and
 * 128. 0 is exact, as padding and ReLU want it; values are rounded to the nearest step; what exceeds
 * m^0.75 · M^0.25 is cut to it. Where all is 0, M counts as 1.
 */
export function activationCode({ min, max }: Ranges): Code {
  const isSigned = min.some((value) => value < 0);
  const magnitudes = max.map((value, channel) => Math.max(value, -min[channel]!));
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0) || 1;
  const levels = isSigned ? 127 : 255;
  const scales = magnitudes.map((magnitude) => {
    const share = Math.max(magnitude / largest, SMALLEST_SHARE);
    return (largest * share ** OWN_SHARE) / levels;
  });
  return { scales, zeroPoint: isSigned ? 128 : 0 };
}

export interface QuantizedFilter {
  /** OIHW, −64 … 64 */
  readonly values: Int8Array;
  /** float32 [outputs] */
  readonly scales: Float32Array;
}

/**
 * A filter for inputs in a code of scales per channel, with a scale of its own for each output:
 * weight · inputScales[input] ≈ scales[output] · value, scale = max |weight · inputScale| / 64, rounded to nearest. An
 * output whose weights are all 0 has scale 1.
 *
 * @param weights float32 OIHW
 * @param inputScales float32 [inputs]
 */
export function quantizeFilter(
  weights: Float32Array,
  outputs: number,
  inputScales: Float32Array,
): QuantizedFilter {
  const length = weights.length / outputs;
  const taps = length / inputScales.length;
  const scaled = weights.map((weight, i) => weight * inputScales[Math.floor((i % length) / taps)]!);
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const own = scaled.subarray(output * length, (output + 1) * length);
    const largest = own.reduce((known, weight) => Math.max(known, Math.abs(weight)), 0);
    const scale = Math.fround(largest / WEIGHT_LIMIT) || 1;
    scales[output] = scale;
    values.set(
      own.map((weight) => Math.round(weight / scale)),
      output * length,
    );
  }
  return { values, scales };
}

const INT32_MAX = 2 ** 31 - 1;

/**
 * Biases in the unit of the sums that they are added to: round(bias / scale), cut to int32.
 *
 * @param bias float32 [outputs]
 * @param scales of the quantized filter
 */
export function quantizeBias(bias: ArrayLike<number>, scales: Float32Array): Int32Array {
  return Int32Array.from(scales, (scale, output) =>
    Math.max(-INT32_MAX, Math.min(INT32_MAX, Math.round(bias[output]! / scale))),
  );
}
