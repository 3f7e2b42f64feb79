import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, movingAverage, quantile, quantileOfSorted, robustStandardization } from "./quantile.ts";

const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1 });

describe("quantile", () => {
  it("interpolates between order statistics as NumPy does by default", () => {
    expect(quantile([4, 1, 3, 2], 0.25).value).toBe(1.75);
    expect(quantile([10, 20], 0.95).value).toBeCloseTo(19.5, 12);
    expect(median([3, 1, 2]).value).toBe(2);
    expect(median([1, 2, 3, 4]).value).toBe(2.5);
  });

  it("is the minimum at 0, the maximum at 1, and never falls in between", () => {
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (x, p, q) => {
          expect(quantile(x, 0).value).toBe(Math.min(...x));
          expect(quantile(x, 1).value).toBe(Math.max(...x));
          const [low, high] = [quantile(x, Math.min(p, q)).value!, quantile(x, Math.max(p, q)).value!];
          expect(low).toBeLessThanOrEqual(high + 1e-9);
        },
      ),
    );
  });

  it("leaves gaps out and is unknown where nothing is left", () => {
    expect(median([Number.NaN, 5]).value).toBe(5);
    expect(median([Number.NaN])).toEqual({ value: null, reason: "There is no value." });
    expect(quantile([], 0.5).value).toBeNull();
  });

  it("does not reorder what it is given", () => {
    const given = new Float32Array([3, 1, 2]);
    median(given);
    expect(Array.from(given)).toEqual([3, 1, 2]);
  });

  it("refuses a probability outside [0, 1] and a sorted sample without values", () => {
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
    expect(() => quantileOfSorted([], 0.5)).toThrow(RangeError);
  });
});

describe("robustStandardization", () => {
  it("takes the median and the scaled median deviation, whatever one outlier does", () => {
    const { center, scale } = robustStandardization([1, 2, 3, 4, 1e9]);
    expect(center).toBe(3);
    expect(scale).toBeCloseTo(1.4826, 4);
  });

  it("falls back to the standard deviation where half of the values are equal", () => {
    expect(robustStandardization([2, 2, 2, 6])).toEqual({ center: 2, scale: Math.sqrt(3) });
  });

  it("falls back to 1 where all are equal, also where their mean would round", () => {
    expect(robustStandardization([0.1, 0.1, 0.1])).toEqual({ center: 0.1, scale: 1 });
  });

  it("always gives a scale above 0", () => {
    fc.assert(
      fc.property(values, (x) => {
        expect(robustStandardization(x).scale).toBeGreaterThan(0);
      }),
    );
  });

  it("refuses an empty sample", () => {
    expect(() => robustStandardization([Number.NaN])).toThrow(RangeError);
  });
});

describe("movingAverage", () => {
  it("starts at the first sample and moves by the weight", () => {
    expect(movingAverage(null, 8, 0.25)).toBe(8);
    expect(movingAverage(8, 4, 0.25)).toBe(7);
  });

  it("refuses a sample that is not known", () => {
    expect(() => movingAverage(1, Number.NaN, 0.5)).toThrow(RangeError);
    expect(() => movingAverage(1, 1, 0)).toThrow(RangeError);
  });
});
