// Bilinear resize as the reference preprocessing does it. Not sharp's: that one anti-aliases when it shrinks.

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Resizer = (source: Uint8Array, target: Uint8Array) => void;

/**
 * A function that resizes pictures of one size to another by bilinear interpolation with half-pixel centres and
 * without anti-aliasing: target pixel i samples the source at (i + ½)·source/target − ½, clamped to the picture, in
 * both directions. Results are rounded to the nearest integer, ties to even as NumPy and PyTorch round.
 * Matches OpenCV's INTER_LINEAR and PyTorch's `interpolate(mode="bilinear", align_corners=False)` within that rounding.
 *
 * The function takes uint8 [height, width, channels] and writes uint8 [height', width', channels] to its second
 * argument; equal sizes copy.
 *
 * @throws RangeError when a buffer is not of the size that was said
 */
export function createResizer(from: Size, to: Size, channels: number): Resizer {
  const sourceLength = from.width * from.height * channels;
  const targetLength = to.width * to.height * channels;
  const isSame = from.width === to.width && from.height === to.height;
  const columns = taps(from.width, to.width, channels);
  const rows = taps(from.height, to.height, from.width * channels);
  return (source, target) => {
    if (source.length !== sourceLength || target.length !== targetLength) {
      throw new RangeError(
        `Expected ${sourceLength} bytes in and ${targetLength} out, got ${source.length} and ${target.length}.`,
      );
    }
    if (isSame) target.set(source);
    else interpolate(source, target, rows, columns, channels);
  };
}

interface Taps {
  /** offsets of the two neighbours of each target coordinate */
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** weight of the higher one */
  readonly weight: Float64Array;
}

function taps(sourceSize: number, targetSize: number, stride: number): Taps {
  const low = new Int32Array(targetSize);
  const high = new Int32Array(targetSize);
  const weight = new Float64Array(targetSize);
  for (let i = 0; i < targetSize; i++) {
    const centre = Math.max(0, ((i + 0.5) * sourceSize) / targetSize - 0.5);
    const floor = Math.min(Math.floor(centre), sourceSize - 1);
    low[i] = floor * stride;
    high[i] = Math.min(floor + 1, sourceSize - 1) * stride;
    weight[i] = centre - floor;
  }
  return { low, high, weight };
}

function interpolate(
  source: Uint8Array,
  target: Uint8Array,
  rows: Taps,
  columns: Taps,
  channels: number,
): void {
  let out = 0;
  for (let y = 0; y < rows.low.length; y++) {
    const top = rows.low[y]!;
    const bottom = rows.high[y]!;
    const down = rows.weight[y]!;
    for (let x = 0; x < columns.low.length; x++) {
      const left = columns.low[x]!;
      const right = columns.high[x]!;
      const across = columns.weight[x]!;
      for (let c = 0; c < channels; c++) {
        const a = source[top + left + c]!;
        const b = source[top + right + c]!;
        const d = source[bottom + left + c]!;
        const e = source[bottom + right + c]!;
        const above = a + (b - a) * across;
        const below = d + (e - d) * across;
        target[out++] = roundHalfToEven(above + (below - above) * down);
      }
    }
  }
}

/** For 0 ≤ value < 2³¹. */
function roundHalfToEven(value: number): number {
  const rounded = (value + 0.5) | 0;
  return rounded - value === 0.5 && (rounded & 1) === 1 ? rounded - 1 : rounded;
}
