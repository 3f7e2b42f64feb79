// Error maps as they are stored, small and quantized on a linear scale, and as they are laid over a picture.

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
  requireSizes(map, maxWidth);
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
 * Stretches an error map to another size by bilinear interpolation with half-pixel centres: the pixel i of the result
 * samples the map at (i + ½)·size/size' − ½, clamped to the map, in both directions. Each axis has a scale of its own,
 * so that the map of a square network input covers a picture of any proportions. No result is above the map's largest
 * error or below its smallest. Matches PyTorch's `interpolate(mode="bilinear", align_corners=False)`.
 *
 * @param map errors, any range
 * @returns float32 [height · width]; the map itself where it has that size
 * @throws RangeError where a size is not a positive integer or the map's length is not width · height
 */
export function stretchErrorMap(map: SizedMap, width: number, height: number): SizedMap {
  requireSizes(map, width, height);
  if (map.width === width && map.height === height) return map;
  const columns = neighbours(map.width, width);
  const rows = neighbours(map.height, height);
  const values = new Float32Array(width * height);
  for (let y = 0, out = 0; y < height; y++) {
    const top = rows.low[y]! * map.width;
    const bottom = rows.high[y]! * map.width;
    const down = rows.weight[y]!;
    for (let x = 0; x < width; x++, out++) {
      const left = columns.low[x]!;
      const right = columns.high[x]!;
      const across = columns.weight[x]!;
      const a = map.values[top + left]!;
      const b = map.values[bottom + left]!;
      const above = a + (map.values[top + right]! - a) * across;
      const below = b + (map.values[bottom + right]! - b) * across;
      values[out] = above + (below - above) * down;
    }
  }
  return { values, width, height };
}

function neighbours(from: number, to: number) {
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const weight = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const centre = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    low[i] = Math.floor(centre);
    high[i] = Math.min(from - 1, low[i]! + 1);
    weight[i] = centre - low[i]!;
  }
  return { low, high, weight };
}

function requireSizes({ values, width, height }: SizedMap, ...others: readonly number[]): void {
  for (const size of [width, height, ...others]) {
    if (!(Number.isInteger(size) && size >= 1))
      throw new RangeError(`A map's size must be a positive integer, not ${size}.`);
  }
  if (values.length !== width * height) {
    throw new RangeError(`A map of ${width}×${height} has ${width * height} pixels, not ${values.length}.`);
  }
}

/** Depth of a quantized map: 8 is small enough for every frame of a video, 16 tells the small errors of pictures apart. */
export type QuantizedBits = 8 | 16;

/**
 * Errors to unsigned integers on a linear scale.
 *
 *     integer = round(largest · min(error, scaleMax) / scaleMax),  largest = 2^bits − 1
 *
 * @param errors float32, 0 or more; what is above scaleMax is stored as the largest integer
 * @param scaleMax the error that the largest integer stands for, above 0
 * @returns the integers as bytes, little-endian; read back within scaleMax / (2 · largest)
 * @throws RangeError where scaleMax is not above 0 or an error is negative or NaN
 */
export function quantizeErrorMap(
  errors: Float32Array,
  scaleMax: number,
  bits: QuantizedBits = 8,
): Uint8Array<ArrayBuffer> {
  requireScale(scaleMax);
  const largest = 2 ** bits - 1;
  const factor = largest / scaleMax;
  const bytes = new Uint8Array((errors.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < errors.length; i++) {
    const error = errors[i]!;
    if (!(error >= 0)) throw new RangeError(`A pixel error must be 0 or more; pixel ${i} has ${error}.`);
    const integer = error >= scaleMax ? largest : Math.round(error * factor);
    if (bits === 8) bytes[i] = integer;
    else view.setUint16(2 * i, integer, true);
  }
  return bytes;
}

/**
 * The inverse of `quantizeErrorMap`: error = integer · scaleMax / (2^bits − 1), float32.
 *
 * @throws RangeError where scaleMax is not above 0 or the bytes are no whole number of integers
 */
export function dequantizeErrorMap(
  bytes: Uint8Array,
  scaleMax: number,
  bits: QuantizedBits = 8,
): Float32Array {
  requireScale(scaleMax);
  if (bits === 8) return Float32Array.from(bytes, (byte) => (byte * scaleMax) / 255);
  if (bytes.byteLength % 2 !== 0)
    throw new RangeError(`${bytes.byteLength} bytes are no integers of 16 bits.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength / 2;
  return Float32Array.from({ length }, (_, i) => (view.getUint16(2 * i, true) * scaleMax) / 65535);
}

function requireScale(scaleMax: number): void {
  if (!(scaleMax > 0 && scaleMax < Infinity))
    throw new RangeError(`An error map's scale must be above 0, not ${scaleMax}.`);
}
