// The pyramid under a timeline: buckets of 2^level frames with their extremes, mean and count, written as scoring goes.

/** Buckets of a full chunk: one stored row. */
export const PYRAMID_CHUNK_BUCKETS = 1024;
/** Values of a bucket: min, max, mean, count. */
export const PYRAMID_BUCKET_VALUES = 4;
/** Above this a count would no longer be exact as float32. */
const HIGHEST_LEVEL = 24;

export interface PyramidLevels {
  /** finest level that is kept, buckets of 2^minLevel frames */
  readonly minLevel: number;
  readonly maxLevel: number;
}

export interface PyramidChunk {
  readonly level: number;
  /** position among the level's chunks: the first bucket is chunk · 1024 */
  readonly chunk: number;
  readonly bucketCount: number;
  /** float32 [laneCount, bucketCount, 4]: min, max, mean, count; where count is 0 the others are NaN */
  readonly values: Float32Array;
}

export interface PyramidBuilder {
  /** Takes the lanes of the next frame, NaN where a lane has no score; returns the chunks that it filled. */
  readonly push: (lanes: ArrayLike<number>) => readonly PyramidChunk[];
  /** Returns the chunks that are not full, the last bucket of each level perhaps over fewer frames. Ends the builder. */
  readonly finish: () => readonly PyramidChunk[];
}

/** A level being written: the open bucket's sums in float64, the open chunk in float32. */
interface Level {
  readonly level: number;
  frames: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly count: Float64Array;
  chunk: number;
  bucketCount: number;
  /** [laneCount, 1024, 4] */
  readonly values: Float32Array;
}

const NOTHING: readonly PyramidChunk[] = [];

/**
 * Builds every level of a pyramid in one pass, with memory for one chunk a level.
 *
 * Bucket b of level l covers the frames [b · 2^l, (b+1) · 2^l) and holds, per lane, the min, max, mean and count of
 * its finite values; each level is what a computation from the frames themselves gives, up to float32 rounding of
 * the mean. Levels coarser than the first that has a single bucket would repeat it and are left out.
 *
 * @param laneCount lanes of a frame, ≥ 1
 * @throws RangeError where laneCount < 1 or not 0 ≤ minLevel ≤ maxLevel ≤ 24; on a push of another number of lanes;
 *   Error on a push or finish after finish
 */
export function createPyramidBuilder(
  laneCount: number,
  { minLevel, maxLevel }: PyramidLevels,
): PyramidBuilder {
  if (!(Number.isInteger(laneCount) && laneCount >= 1))
    throw new RangeError(`A pyramid needs a lane, not ${laneCount}.`);
  if (!isLevelRange(minLevel, maxLevel)) {
    throw new RangeError(
      `Pyramid levels must be 0 ≤ min ≤ max ≤ ${HIGHEST_LEVEL}, not ${minLevel} to ${maxLevel}.`,
    );
  }
  const levels: Level[] = [];
  for (let level = minLevel; level <= maxLevel; level++) levels.push(createLevel(level, laneCount));
  let isFinished = false;
  const requireOpen = () => {
    if (isFinished) throw new Error("The pyramid is finished.");
  };
  return {
    push(lanes) {
      requireOpen();
      if (lanes.length !== laneCount)
        throw new RangeError(`A frame has ${laneCount} lanes, not ${lanes.length}.`);
      const finest = levels[0]!;
      addFrame(finest, lanes);
      if (finest.frames < 2 ** minLevel) return NOTHING;
      const full: PyramidChunk[] = [];
      closeBuckets(levels, full);
      return full;
    },
    finish() {
      requireOpen();
      isFinished = true;
      return finishLevels(levels);
    },
  };
}

function isLevelRange(minLevel: number, maxLevel: number): boolean {
  const areIntegers = Number.isInteger(minLevel) && Number.isInteger(maxLevel);
  return areIntegers && 0 <= minLevel && minLevel <= maxLevel && maxLevel <= HIGHEST_LEVEL;
}

function createLevel(level: number, laneCount: number): Level {
  return {
    level,
    frames: 0,
    min: new Float64Array(laneCount).fill(Infinity),
    max: new Float64Array(laneCount).fill(-Infinity),
    sum: new Float64Array(laneCount),
    count: new Float64Array(laneCount),
    chunk: 0,
    bucketCount: 0,
    values: new Float32Array(laneCount * PYRAMID_CHUNK_BUCKETS * PYRAMID_BUCKET_VALUES),
  };
}

function addFrame(level: Level, lanes: ArrayLike<number>): void {
  level.frames++;
  for (let lane = 0; lane < lanes.length; lane++) {
    const value = lanes[lane]!;
    if (!Number.isFinite(value)) continue;
    if (value < level.min[lane]!) level.min[lane] = value;
    if (value > level.max[lane]!) level.max[lane] = value;
    level.sum[lane]! += value;
    level.count[lane]!++;
  }
}

/** Closes the finest level's bucket, and every coarser one that this completes. */
function closeBuckets(levels: readonly Level[], full: PyramidChunk[]): void {
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]!;
    if (level.frames < 2 ** level.level) return;
    closeBucket(level, levels[i + 1]);
    if (level.bucketCount === PYRAMID_CHUNK_BUCKETS) full.push(takeChunk(level));
  }
}

/** Writes the open bucket to the open chunk, adds it to the next coarser level, and opens a new one. */
function closeBucket(level: Level, coarser: Level | undefined): void {
  for (let lane = 0; lane < level.count.length; lane++) {
    const count = level.count[lane]!;
    const at = (lane * PYRAMID_CHUNK_BUCKETS + level.bucketCount) * PYRAMID_BUCKET_VALUES;
    level.values[at] = count === 0 ? Number.NaN : level.min[lane]!;
    level.values[at + 1] = count === 0 ? Number.NaN : level.max[lane]!;
    level.values[at + 2] = count === 0 ? Number.NaN : level.sum[lane]! / count;
    level.values[at + 3] = count;
    if (coarser) {
      coarser.min[lane] = Math.min(coarser.min[lane]!, level.min[lane]!);
      coarser.max[lane] = Math.max(coarser.max[lane]!, level.max[lane]!);
      coarser.sum[lane]! += level.sum[lane]!;
      coarser.count[lane]! += count;
    }
  }
  if (coarser) coarser.frames += level.frames;
  level.bucketCount++;
  level.frames = 0;
  level.min.fill(Infinity);
  level.max.fill(-Infinity);
  level.sum.fill(0);
  level.count.fill(0);
}

/** Copies the open chunk out, without the room that it did not use, and opens the next. */
function takeChunk(level: Level): PyramidChunk {
  const { chunk, bucketCount } = level;
  const used = bucketCount * PYRAMID_BUCKET_VALUES;
  const values = new Float32Array(level.count.length * used);
  for (let lane = 0; lane < level.count.length; lane++) {
    const start = lane * PYRAMID_CHUNK_BUCKETS * PYRAMID_BUCKET_VALUES;
    values.set(level.values.subarray(start, start + used), lane * used);
  }
  level.chunk++;
  level.bucketCount = 0;
  return { level: level.level, chunk, bucketCount, values };
}

function finishLevels(levels: readonly Level[]): PyramidChunk[] {
  const rest: PyramidChunk[] = [];
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i]!;
    if (level.frames > 0) closeBucket(level, levels[i + 1]);
    const buckets = level.chunk * PYRAMID_CHUNK_BUCKETS + level.bucketCount;
    if (level.bucketCount > 0) rest.push(takeChunk(level));
    if (buckets <= 1) break;
  }
  return rest;
}
