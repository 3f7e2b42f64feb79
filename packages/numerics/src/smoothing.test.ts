import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussianKernel, movingMean, smoothGaussian } from "./smoothing.ts";

const ALIGNMENTS = ["CENTRED", "TRAILING"] as const;
const close = (values: readonly number[]) => values.map((x) => expect.closeTo(x, 12));

describe("movingMean", () => {
  it("averages over the centred window, cut at the ends", () => {
    expect(Array.from(movingMean([0, 3, 6, 9], 3))).toEqual(close([1.5, 3, 6, 7.5]));
    expect(Array.from(movingMean([1, 2], 301))).toEqual(close([1.5, 1.5]));
  });

  it("averages over the past alone where the window trails, cut at the start", () => {
    expect(Array.from(movingMean([0, 3, 6, 9], 2, "TRAILING"))).toEqual(close([0, 1.5, 4.5, 7.5]));
    expect(Array.from(movingMean([2, 4], 301, "TRAILING"))).toEqual(close([2, 3]));
  });

  it("copies for a window of one and of an empty series", () => {
    expect(Array.from(movingMean([4, Number.NaN, 5], 1))).toEqual([4, Number.NaN, 5]);
    expect(movingMean([], 5)).toHaveLength(0);
  });

  it("equals the mean of the scored neighbours, keeps gaps and the range, over long series too", () => {
    const series = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(Number.NaN)), {
      maxLength: 3000,
      size: "max",
    });
    fc.assert(
      fc.property(series, fc.nat(20), fc.constantFrom(...ALIGNMENTS), (values, reach, alignment) => {
        const smoothed = movingMean(values, 2 * reach + 1, alignment);
        const [before, after] = alignment === "CENTRED" ? [reach, reach] : [2 * reach, 0];
        for (const [i, value] of values.entries()) {
          if (Number.isNaN(value)) {
            expect(smoothed[i]).toBeNaN();
            continue;
          }
          const window = values.slice(Math.max(0, i - before), i + after + 1).filter((x) => !Number.isNaN(x));
          const mean = window.reduce((sum, x) => sum + x, 0) / window.length;
          if (!(Math.abs(smoothed[i]! - mean) < 1e-12 && smoothed[i]! >= 0 && smoothed[i]! <= 1)) {
            expect.fail(`frame ${i}: ${smoothed[i]} instead of ${mean}`);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("refuses a window that has no centre, or no frame", () => {
    for (const frames of [0, 2, -1, 1.5]) expect(() => movingMean([1], frames)).toThrow(RangeError);
    for (const frames of [0, -1, 1.5]) expect(() => movingMean([1], frames, "TRAILING")).toThrow(RangeError);
  });
});

describe("smoothGaussian", () => {
  it("smooths each run between gaps by itself and passes on runs shorter than the kernel", () => {
    const ramp = Array.from({ length: 20 }, (_, i) => i / 19);
    const smoothed = smoothGaussian([Number.NaN, 5, 6, Number.NaN, ...ramp, Number.NaN]);
    expect(Array.from(smoothed.subarray(0, 4))).toEqual([Number.NaN, 5, 6, Number.NaN]);
    expect(Array.from(smoothed.subarray(4, 24))).toEqual(Array.from(smoothGaussian(ramp)));
    expect(smoothed[24]).toBeNaN();
    expect(smoothGaussian([])).toHaveLength(0);
  });

  it("refuses a kernel without centre or width", () => {
    expect(() => gaussianKernel(4, 2)).toThrow(RangeError);
    expect(() => gaussianKernel(5, 0)).toThrow(RangeError);
  });
});
