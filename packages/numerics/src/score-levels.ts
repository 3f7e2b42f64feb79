// Float32 scores as ordered whole numbers, their first bits alone where fewer levels are to do: thresholds that need
// no range to be known beforehand.

const SIGN = 0x80000000;

/**
 * The level of a score: the leading bits of its float32 pattern, made monotone (IEEE 754: the pattern of a positive
 * number grows with it; that of a negative one falls). A larger score never has a smaller level; −0 has that of 0.
 *
 * @param pattern of a finite float32, as a Uint32Array over the same bytes reads it
 * @param bits of the level, 10 … 32: all but 9 are leading bits of the mantissa, so that scores of one level differ by
 *   less than one part in 2^(bits − 9)
 * @returns integer in [0, 2^bits)
 */
export function levelOf(pattern: number, bits: number): number {
  const ordered = pattern < SIGN || pattern === SIGN ? pattern | SIGN : ~pattern;
  return ordered >>> (32 - bits);
}

/** The smallest score of a level: what a threshold at that level is. */
export function scoreOfLevel(level: number, bits: number): number {
  const ordered = level * 2 ** (32 - bits);
  const cell = new DataView(new ArrayBuffer(4));
  cell.setUint32(0, ordered >= SIGN ? ordered - SIGN : ~ordered);
  return cell.getFloat32(0);
}

/** Counts by level: of abnormal and normal pixels, and the abnormal ones' shares of their regions. */
export interface LevelCounts {
  readonly abnormal: Float64Array;
  readonly normal: Float64Array;
  readonly overlap: Float64Array;
}

export function createLevelCounts(levels: number): LevelCounts {
  return {
    abnormal: new Float64Array(levels),
    normal: new Float64Array(levels),
    overlap: new Float64Array(levels),
  };
}

/**
 * Adds an image's pixels to the counts.
 *
 * @param labels region of each pixel, 0 where it is normal
 * @param shares by label: 1 / (pixels of the region), 0 for label 0
 * @param bits of the levels that the counts have
 */
export function countPixels(
  { abnormal, normal, overlap }: LevelCounts,
  bits: number,
  scores: Float32Array,
  labels: Uint32Array,
  shares: ArrayLike<number>,
): void {
  const patterns = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  for (let i = 0; i < patterns.length; i++) {
    const level = levelOf(patterns[i]!, bits);
    const label = labels[i]!;
    if (label === 0) normal[level]!++;
    else {
      abnormal[level]!++;
      overlap[level]! += shares[label]!;
    }
  }
}
