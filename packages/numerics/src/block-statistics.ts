// What stands beside a block of packed lanes, so that a query can skip blocks that it need not open.

export interface LaneStatistics {
  /** null where no frame of the block was scored */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** scored frames */
  readonly count: number;
}

/**
 * Statistics of each lane of a block over its scored frames. What is not finite was not scored.
 *
 * @param values packed [laneCount, frameCount]
 * @returns one entry a lane
 * @throws RangeError where the length of values is not laneCount · frameCount
 */
export function blockStatistics(
  values: ArrayLike<number>,
  laneCount: number,
  frameCount: number,
): LaneStatistics[] {
  if (values.length !== laneCount * frameCount) {
    throw new RangeError(
      `${laneCount} lanes of ${frameCount} frames are ${laneCount * frameCount} values, not ${values.length}.`,
    );
  }
  return Array.from({ length: laneCount }, (_, lane) => {
    let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
    for (let i = lane * frameCount; i < (lane + 1) * frameCount; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
      count++;
    }
    return count === 0 ? { min: null, max: null, mean: null, count } : { min, max, mean: sum / count, count };
  });
}
