// A lane reduced to what a chart can show, keeping extremes: a spike of one frame is seen at every zoom.
import { PYRAMID_BUCKET_VALUES } from "./pyramid.ts";

/** One entry a point in each column. Where count is 0 nothing was scored: min, max and mean are NaN, a gap. */
export interface ReducedLane {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly count: Float64Array;
}

/**
 * Frames per point of a timeline: the smallest power of two with at most `maxPoints` points over the frames
 * [firstFrame, firstFrame + frameCount). Points begin at multiples of it, wherever the window begins, so that panning
 * does not regroup frames and pyramid buckets fit.
 *
 * For firstFrame = 0 that is ⌈frameCount / framesPerPoint⌉ ≤ maxPoints.
 *
 * @returns 1 where frameCount ≤ maxPoints, and for an empty window
 * @throws RangeError where frameCount or firstFrame is not an integer ≥ 0, or maxPoints not an integer ≥ 1
 */
export function chooseFramesPerPoint(frameCount: number, maxPoints: number, firstFrame = 0): number {
  requireInteger("The number of frames", frameCount, 0);
  requireInteger("The first frame", firstFrame, 0);
  requireInteger("The number of points", maxPoints, 1);
  let framesPerPoint = 1;
  while (pointCount(firstFrame, frameCount, framesPerPoint) > maxPoints) framesPerPoint *= 2;
  return framesPerPoint;
}

/**
 * The first frame of every point over the frames [firstFrame, firstFrame + frameCount): multiples of framesPerPoint,
 * but for the first, which begins with the window.
 *
 * @returns uint32 [points]
 */
export function pointStartFrames(frameCount: number, framesPerPoint: number, firstFrame = 0): Uint32Array {
  const aligned = firstFrame - (firstFrame % framesPerPoint);
  return Uint32Array.from({ length: pointCount(firstFrame, frameCount, framesPerPoint) }, (_, point) =>
    Math.max(firstFrame, aligned + point * framesPerPoint),
  );
}

/**
 * Min, max, mean and count of the finite values of every point.
 *
 * @param values one lane, frame by frame, the first being frame `firstFrame`; what is not finite is a gap
 * @param framesPerPoint integer ≥ 1; points begin at its multiples
 * @returns one entry a point, as many as `pointStartFrames` has
 * @throws RangeError where framesPerPoint is not an integer ≥ 1 or firstFrame not an integer ≥ 0
 */
export function reduceMinMaxMean(
  values: ArrayLike<number>,
  framesPerPoint: number,
  firstFrame = 0,
): ReducedLane {
  requireInteger("Frames per point", framesPerPoint, 1);
  requireInteger("The first frame", firstFrame, 0);
  const offset = firstFrame % framesPerPoint;
  const reduction = startReduction(pointCount(firstFrame, values.length, framesPerPoint));
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    include(reduction, Math.floor((offset + i) / framesPerPoint), value, value, value, 1);
  }
  return endReduction(reduction);
}

/**
 * The same from buckets of a pyramid: every `bucketsPerPoint` neighbours become one point, means weighted by count.
 *
 * @param buckets one lane, float32 [buckets, 4]: min, max, mean, count
 * @param firstBucket position of the first bucket in its level; points begin at multiples of bucketsPerPoint
 * @throws RangeError where the length is not a multiple of 4, bucketsPerPoint not an integer ≥ 1, or firstBucket not
 *   an integer ≥ 0
 */
export function reduceBuckets(
  buckets: ArrayLike<number>,
  bucketsPerPoint: number,
  firstBucket = 0,
): ReducedLane {
  requireInteger("Buckets per point", bucketsPerPoint, 1);
  requireInteger("The first bucket", firstBucket, 0);
  const bucketCount = buckets.length / PYRAMID_BUCKET_VALUES;
  requireInteger("The number of buckets", bucketCount, 0);
  const offset = firstBucket % bucketsPerPoint;
  const reduction = startReduction(pointCount(firstBucket, bucketCount, bucketsPerPoint));
  for (let b = 0; b < bucketCount; b++) {
    const at = b * PYRAMID_BUCKET_VALUES;
    const count = buckets[at + 3]!;
    if (count === 0) continue;
    const point = Math.floor((offset + b) / bucketsPerPoint);
    include(reduction, point, buckets[at]!, buckets[at + 1]!, buckets[at + 2]! * count, count);
  }
  return endReduction(reduction);
}

function pointCount(firstFrame: number, frameCount: number, framesPerPoint: number): number {
  if (frameCount === 0) return 0;
  const firstPoint = Math.floor(firstFrame / framesPerPoint);
  return Math.floor((firstFrame + frameCount - 1) / framesPerPoint) - firstPoint + 1;
}

function startReduction(points: number): ReducedLane {
  return {
    min: new Float64Array(points).fill(Infinity),
    max: new Float64Array(points).fill(-Infinity),
    mean: new Float64Array(points),
    count: new Float64Array(points),
  };
}

/** Adds to a point; `mean` holds the sum until the reduction ends. */
function include(
  into: ReducedLane,
  point: number,
  min: number,
  max: number,
  sum: number,
  count: number,
): void {
  if (min < into.min[point]!) into.min[point] = min;
  if (max > into.max[point]!) into.max[point] = max;
  into.mean[point]! += sum;
  into.count[point]! += count;
}

function endReduction(reduction: ReducedLane): ReducedLane {
  const { min, max, mean, count } = reduction;
  for (let point = 0; point < count.length; point++) {
    if (count[point] === 0) min[point] = max[point] = mean[point] = Number.NaN;
    else mean[point]! /= count[point]!;
  }
  return reduction;
}

function requireInteger(name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new RangeError(`${name} must be a whole number of at least ${least}, not ${value}.`);
  }
}
