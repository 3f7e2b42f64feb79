// The error map as localization sees it.

/**
 * Mean of each pixel's 3×3 neighbourhood, cut at the border: one pixel's noise is no region, and a region's inside
 * has no holes. Mask thresholds are calibrated on smoothed maps, so masks must be taken from smoothed maps too.
 *
 * @param errorMap float32 [size·size], row-major
 * @returns float32 [size·size], within the extremes of errorMap
 */
export function smoothErrorMap(errorMap: Float32Array, size: number): Float32Array {
  const rows = new Float32Array(errorMap.length);
  const smoothed = new Float32Array(errorMap.length);
  for (let y = 0; y < size; y++) meanOfThree(errorMap, rows, y * size, 1, size);
  for (let x = 0; x < size; x++) meanOfThree(rows, smoothed, x, size, size);
  return smoothed;
}

function meanOfThree(
  from: Float32Array,
  to: Float32Array,
  start: number,
  stride: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const first = Math.max(0, i - 1);
    const last = Math.min(count - 1, i + 1);
    let sum = 0;
    for (let j = first; j <= last; j++) sum += from[start + j * stride]!;
    to[start + i * stride] = sum / (last - first + 1);
  }
}
