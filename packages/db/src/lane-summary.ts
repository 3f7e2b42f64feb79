// What stands beside a block of packed lanes, so that a query can skip the block without opening it.

/** Per lane, over the scored frames; null where none was scored. */
export interface LaneSummaries {
  readonly mins: readonly (number | null)[];
  readonly maxs: readonly (number | null)[];
  readonly means: readonly (number | null)[];
  /** scored frames */
  readonly counts: readonly number[];
}

/**
 * Minimum, maximum, mean and count of each lane, NaN left out.
 * @param values float32 [laneCount, frameCount], row-major; NaN marks a frame that cannot be scored
 * @throws RangeError where the length is not laneCount · frameCount
 */
export function summarizeLanes(values: Float32Array, laneCount: number, frameCount: number): LaneSummaries {
  if (values.length !== laneCount * frameCount) {
    throw new RangeError(
      `${laneCount} lanes of ${frameCount} frames were expected, got ${values.length} values.`,
    );
  }
  const lanes = Array.from({ length: laneCount }, (_, lane) =>
    summarizeLane(values.subarray(lane * frameCount, (lane + 1) * frameCount)),
  );
  return {
    mins: lanes.map(({ min }) => min),
    maxs: lanes.map(({ max }) => max),
    means: lanes.map(({ mean }) => mean),
    counts: lanes.map(({ count }) => count),
  };
}

function summarizeLane(values: Float32Array) {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return count === 0 ? { min: null, max: null, mean: null, count } : { min, max, mean: sum / count, count };
}
