import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createPyramidBuilder,
  PYRAMID_CHUNK_BUCKETS,
  type PyramidChunk,
  type PyramidLevels,
} from "./pyramid.ts";
import { mulberry32 } from "./random.ts";

type Frames = readonly (readonly number[])[];

function build(frames: Frames, laneCount: number, levels: PyramidLevels): PyramidChunk[] {
  const builder = createPyramidBuilder(laneCount, levels);
  return [...frames.flatMap((lanes) => builder.push(lanes)), ...builder.finish()];
}

/** Checks every bucket of a level against the frames that it covers. */
function expectLevel(
  chunks: readonly PyramidChunk[],
  frames: Frames,
  laneCount: number,
  level: number,
): void {
  const span = 2 ** level;
  const total = Math.ceil(frames.length / span);
  expect(chunks.reduce((sum, { bucketCount }) => sum + bucketCount, 0)).toBe(total);
  for (const [position, { chunk, bucketCount, values }] of chunks.entries()) {
    expect(chunk).toBe(position);
    expect(values).toHaveLength(laneCount * bucketCount * 4);
    for (let lane = 0; lane < laneCount; lane++) {
      for (let b = 0; b < bucketCount; b++) {
        const first = (chunk * PYRAMID_CHUNK_BUCKETS + b) * span;
        const covered = frames.slice(first, first + span).map((lanes) => lanes[lane]!);
        expectBucket(values.subarray((lane * bucketCount + b) * 4).subarray(0, 4), covered);
      }
    }
  }
}

function expectBucket(bucket: Float32Array, covered: readonly number[]): void {
  const scored = covered.filter((x) => !Number.isNaN(x));
  const [min, max, mean, count] = bucket as unknown as [number, number, number, number];
  const isRight =
    count === scored.length &&
    (count === 0
      ? [min, max, mean].every(Number.isNaN)
      : min === Math.fround(Math.min(...scored)) &&
        max === Math.fround(Math.max(...scored)) &&
        Math.abs(mean - scored.reduce((sum, x) => sum + x, 0) / count) < 1e-5);
  if (!isRight) expect.fail(`bucket ${Array.from(bucket)} over ${covered}`);
}

const lane = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

describe("createPyramidBuilder", () => {
  it("is at every level what the frames themselves give", () => {
    const input = fc.integer({ min: 1, max: 3 }).chain((laneCount) =>
      fc.tuple(
        fc.constant(laneCount),
        fc.array(fc.array(lane, { minLength: laneCount, maxLength: laneCount }), {
          minLength: 1,
          maxLength: 90,
        }),
        fc.nat(3),
        fc.nat(6),
      ),
    );
    fc.assert(
      fc.property(input, ([laneCount, frames, minLevel, more]) => {
        const chunks = build(frames, laneCount, { minLevel, maxLevel: minLevel + more });
        const highest = Math.max(...chunks.map(({ level }) => level));
        for (let level = minLevel; level <= highest; level++) {
          expectLevel(
            chunks.filter((chunk) => chunk.level === level),
            frames,
            laneCount,
            level,
          );
        }
        const isComplete = highest === minLevel + more || frames.length <= 2 ** highest;
        expect(isComplete).toBe(true);
      }),
    );
  });

  it("hands chunks out as soon as they are full, over many of them", () => {
    const random = mulberry32(12);
    const frames = Array.from({ length: 5000 }, (_, i) => [i % 7 === 0 ? Number.NaN : random(), i]);
    const builder = createPyramidBuilder(2, { minLevel: 0, maxLevel: 20 });
    const chunks: PyramidChunk[] = [];
    for (const [i, lanes] of frames.entries()) {
      const full = builder.push(lanes);
      if (i === 1023) expect(full.map(({ level, bucketCount }) => [level, bucketCount])).toEqual([[0, 1024]]);
      if (i === 2047)
        expect(full.map(({ level, chunk }) => [level, chunk])).toEqual([
          [0, 1],
          [1, 0],
        ]);
      if ((i + 1) % 1024 !== 0) expect(full).toHaveLength(0);
      chunks.push(...full);
    }
    chunks.push(...builder.finish());
    for (let level = 0; level <= 13; level++) {
      expectLevel(
        chunks.filter((chunk) => chunk.level === level),
        frames,
        2,
        level,
      );
    }
    expect(Math.max(...chunks.map(({ level }) => level))).toBe(13);
  });

  it("makes gaps of frames that were not scored, and nothing of no frames", () => {
    const [chunk] = build([[Number.NaN], [Number.NaN], [3], [5]], 1, { minLevel: 1, maxLevel: 1 });
    expect(Array.from(chunk!.values)).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, 3, 5, 4, 2]);
    expect(build([], 1, { minLevel: 0, maxLevel: 4 })).toEqual([]);
  });

  it("leaves out levels that would repeat a single bucket", () => {
    const levels = build(new Array(4).fill([1]), 1, { minLevel: 0, maxLevel: 20 }).map(({ level }) => level);
    expect(levels).toEqual([0, 1, 2]);
    expect(build([[1]], 1, { minLevel: 3, maxLevel: 20 })).toHaveLength(1);
  });

  it("refuses levels and frames that do not fit, and use after its end", () => {
    expect(() => createPyramidBuilder(0, { minLevel: 0, maxLevel: 1 })).toThrow(RangeError);
    expect(() => createPyramidBuilder(1, { minLevel: 2, maxLevel: 1 })).toThrow(RangeError);
    expect(() => createPyramidBuilder(1, { minLevel: 0, maxLevel: 25 })).toThrow(RangeError);
    const builder = createPyramidBuilder(2, { minLevel: 0, maxLevel: 1 });
    expect(() => builder.push([1])).toThrow(/2 lanes, not 1/);
    builder.finish();
    expect(() => builder.push([1, 2])).toThrow(/finished/);
    expect(() => builder.finish()).toThrow(/finished/);
  });
});
