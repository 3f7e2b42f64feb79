import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topMean } from "./top-mean.ts";

describe("topMean", () => {
  it("is the mean of the first of the sorted values, in any order and with ties", () => {
    const values = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 250 }), (some, count) => {
        const map = Float32Array.from([...some, ...some.slice(0, 3)]);
        const top = map.toSorted().reverse().slice(0, count);
        expect(topMean(map, count)).toBeCloseTo(top.reduce((sum, value) => sum + value, 0) / top.length, 10);
      }),
    );
  });

  it("is the maximum for one value and the mean for all", () => {
    const values = new Float32Array([0, 3, 1, 0]);
    expect([topMean(values, 1), topMean(values, 2), topMean(values, 9)]).toEqual([3, 2, 1]);
  });

  it("refuses no values, unknown ones and a number of values that is none", () => {
    expect(() => topMean(new Float32Array(), 1)).toThrow("No value");
    expect(() => topMean(new Float32Array([1, Number.NaN]), 1)).toThrow("Value 1 is NaN");
    for (const count of [0, 1.5, Number.NaN])
      expect(() => topMean(new Float32Array(1), count)).toThrow(RangeError);
  });
});
