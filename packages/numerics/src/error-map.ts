// Error maps as they are stored: small, one byte a pixel, on a scale that is the same for every frame.

export interface SizedMap {
  /** float32 [height · width], row-major */
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Shrinks an error map to at most `maxWidth` columns by area means, keeping its proportions; a map that is narrow
 * enough is returned as it is.
 *
 *     out[Y, X] = mean of the map over the rectangle that the pixel (X, Y) covers, border pixels by their share
 *
 * The mean, not the maximum: it keeps the total error, so maps of different input sizes compare, and it averages the
 * noise of single pixels away, where a maximum would lift the background by it. An object's error covers many pixels.
 *
 * @param map errors, any range
 * @param maxWidth integer ≥ 1
 * @returns width = min(width, maxWidth), height = round(height · width' / width), at least 1
 * @throws RangeError where a size is not a positive integer or the map's length is not width · height
 */
export function downsizeErrorMap(map: SizedMap, maxWidth: number): SizedMap {
  const { values, width, height } = map;
  for (const size of [width, height, maxWidth]) {
    if (!(Number.isInteger(size) && size >= 1))
      throw new RangeError(`A map's size must be a positive integer, not ${size}.`);
  }
  if (values.length !== width * height) {
    throw new RangeError(`A map of ${width}×${height} has ${width * height} pixels, not ${values.length}.`);
  }
  if (width <= maxWidth) return map;
  const outHeight = Math.max(1, Math.round((height * maxWidth) / width));
  const columns = coverage(width, maxWidth);
  const rows = coverage(height, outHeight);
  const narrow = new Float64Array(height * maxWidth);
  for (let y = 0; y < height; y++) {
    for (const [X, { start, shares }] of columns.entries()) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k]! * values[y * width + start + k]!;
      narrow[y * maxWidth + X] = sum;
    }
  }
  const small = new Float32Array(outHeight * maxWidth);
  for (const [Y, { start, shares }] of rows.entries()) {
    for (let X = 0; X < maxWidth; X++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k]! * narrow[(start + k) * maxWidth + X]!;
      small[Y * maxWidth + X] = sum;
    }
  }
  return { values: small, width: maxWidth, height: outHeight };
}

interface Coverage {
  readonly start: number;
  /** summing to 1 */
  readonly shares: readonly number[];
}

/** Which of `from` cells each of `to` equal cells covers, and by which share. Integers throughout: no cell is missed. */
function coverage(from: number, to: number): Coverage[] {
  return Array.from({ length: to }, (_, cell) => {
    // In units of 1/to of a source cell, target cell c covers [c · from, (c + 1) · from).
    const left = cell * from;
    const right = left + from;
    const start = Math.floor(left / to);
    const shares: number[] = [];
    for (let source = start; source * to < right; source++) {
      shares.push((Math.min(right, (source + 1) * to) - Math.max(left, source * to)) / from);
    }
    return { start, shares };
  });
}

/**
 * Errors to bytes on a linear scale.
 *
 *     byte = round(255 · min(error, scaleMax) / scaleMax)
 *
 * @param errors float32, 0 or more; what is above scaleMax is stored as 255
 * @param scaleMax the error that 255 stands for, above 0
 * @returns uint8, as long as errors; read back within scaleMax / 510
 * @throws RangeError where scaleMax is not above 0 or an error is negative or NaN
 */
export function quantizeErrorMap(errors: Float32Array, scaleMax: number): Uint8Array {
  requireScale(scaleMax);
  const bytes = new Uint8Array(errors.length);
  const factor = 255 / scaleMax;
  for (let i = 0; i < errors.length; i++) {
    const error = errors[i]!;
    if (!(error >= 0)) throw new RangeError(`A pixel error must be 0 or more; pixel ${i} has ${error}.`);
    bytes[i] = error >= scaleMax ? 255 : Math.round(error * factor);
  }
  return bytes;
}

/**
 * The inverse of `quantizeErrorMap`: error = byte · scaleMax / 255, float32.
 *
 * @throws RangeError where scaleMax is not above 0
 */
export function dequantizeErrorMap(bytes: Uint8Array, scaleMax: number): Float32Array {
  requireScale(scaleMax);
  return Float32Array.from(bytes, (byte) => (byte * scaleMax) / 255);
}

function requireScale(scaleMax: number): void {
  if (!(scaleMax > 0 && scaleMax < Infinity))
    throw new RangeError(`An error map's scale must be above 0, not ${scaleMax}.`);
}
