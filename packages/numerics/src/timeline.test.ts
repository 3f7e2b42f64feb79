import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPyramidBuilder } from "./pyramid.ts";
import { mulberry32 } from "./random.ts";
import { chooseFramesPerPoint, pointStartFrames, reduceBuckets, reduceMinMaxMean } from "./timeline.ts";

describe("chooseFramesPerPoint", () => {
  it("is the smallest power of two that fits", () => {
    fc.assert(
      fc.property(fc.nat(5_000_000), fc.integer({ min: 1, max: 4000 }), (frames, maxPoints) => {
        const chosen = chooseFramesPerPoint(frames, maxPoints);
        expect(Number.isInteger(Math.log2(chosen))).toBe(true);
        expect(Math.ceil(frames / chosen)).toBeLessThanOrEqual(maxPoints);
        if (chosen > 1) expect(Math.ceil(frames / (chosen / 2))).toBeGreaterThan(maxPoints);
      }),
    );
    expect(chooseFramesPerPoint(2_592_000, 2000)).toBe(2048);
  });

  it("counts the points that a window across multiples really has", () => {
    expect(chooseFramesPerPoint(4, 2, 0)).toBe(2);
    expect(chooseFramesPerPoint(4, 2, 1)).toBe(4);
    expect(chooseFramesPerPoint(2, 1, 1023)).toBe(2048);
    expect(chooseFramesPerPoint(0, 1, 9)).toBe(1);
  });

  it("refuses no points", () => {
    expect(() => chooseFramesPerPoint(1, 0)).toThrow(RangeError);
    expect(() => chooseFramesPerPoint(-1, 5)).toThrow(RangeError);
  });
});

describe("reduceMinMaxMean", () => {
  it("keeps extremes and means of each point, gaps as NaN with count 0", () => {
    const { min, max, mean, count } = reduceMinMaxMean([1, 5, Number.NaN, 3, Number.NaN, Number.NaN, 7], 2);
    expect(Array.from(min)).toEqual([1, 3, Number.NaN, 7]);
    expect(Array.from(max)).toEqual([5, 3, Number.NaN, 7]);
    expect(Array.from(mean)).toEqual([3, 3, Number.NaN, 7]);
    expect(Array.from(count)).toEqual([2, 1, 0, 1]);
    expect(reduceMinMaxMean([], 4).min).toHaveLength(0);
  });

  it("groups by multiples of framesPerPoint, wherever the window begins", () => {
    expect(Array.from(reduceMinMaxMean([3, 4, 5, 6], 4, 3).max)).toEqual([3, 6]);
    expect(Array.from(pointStartFrames(4, 4, 3))).toEqual([3, 4]);
    expect(Array.from(pointStartFrames(4, 2))).toEqual([0, 2]);
    expect(pointStartFrames(0, 2)).toHaveLength(0);
  });

  it("shows a spike of one frame at every zoom", () => {
    const lane = new Float32Array(10_000);
    lane[6_789] = 1;
    for (let framesPerPoint = 1; framesPerPoint <= 16_384; framesPerPoint *= 2) {
      const { max } = reduceMinMaxMean(lane, framesPerPoint);
      expect(max[Math.floor(6_789 / framesPerPoint)]).toBe(1);
      expect(max).toHaveLength(pointStartFrames(lane.length, framesPerPoint).length);
    }
  });
});

describe("reduceBuckets", () => {
  it("gives from a pyramid what the frames give, within float32, from any bucket on", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 700 }),
        fc.nat(3),
        fc.nat(20),
        (seed, length, log, skip) => {
          const random = mulberry32(seed);
          const lane = Float32Array.from({ length }, () => (random() < 0.3 ? Number.NaN : random()));
          const builder = createPyramidBuilder(1, { minLevel: 2, maxLevel: 2 });
          for (const value of lane) builder.push([value]);
          const buckets = builder.finish()[0]!.values.subarray(skip * 4);
          const reduced = reduceBuckets(buckets, 2 ** log, skip);
          const direct = reduceMinMaxMean(lane.subarray(skip * 4), 4 * 2 ** log, skip * 4);
          expect(reduced.count).toEqual(direct.count);
          expect(reduced.min).toEqual(direct.min);
          expect(reduced.max).toEqual(direct.max);
          for (const [i, mean] of direct.mean.entries()) {
            if (Number.isNaN(mean)) expect(reduced.mean[i]).toBeNaN();
            else expect(reduced.mean[i]).toBeCloseTo(mean, 6);
          }
        },
      ),
    );
  });

  it("refuses what are no whole buckets", () => {
    expect(() => reduceBuckets(new Float32Array(6), 1)).toThrow(RangeError);
    expect(() => reduceBuckets(new Float32Array(8), 0)).toThrow(RangeError);
  });
});
