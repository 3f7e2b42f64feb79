import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mixNormality, normalizeMinMax, PSNR_CAP_DB, psnrFromMse } from "./clip-normality.ts";

describe("psnrFromMse", () => {
  it("caps an exact prediction instead of reaching infinity", () => {
    expect(psnrFromMse(0)).toBe(PSNR_CAP_DB);
    expect(psnrFromMse(1e-12)).toBe(PSNR_CAP_DB);
    expect(psnrFromMse(0.01)).toBeCloseTo(20, 12);
    expect(psnrFromMse(10)).toBeCloseTo(-10, 12);
  });

  it("is less by the peak's square where the peak is below 1, and finite for a black frame", () => {
    expect(psnrFromMse(0.01, 0.5)).toBeCloseTo(10 * Math.log10(25), 12);
    expect(psnrFromMse(0.25, 0.5)).toBeCloseTo(0, 12);
    expect(psnrFromMse(0.01, 0)).toBeCloseTo(-80, 10);
    for (const peak of [-0.1, 1.1, Number.NaN]) expect(() => psnrFromMse(0.01, peak)).toThrow(/peak/);
  });

  it("refuses what is no mean squared error", () => {
    for (const mse of [-1, Number.NaN, Infinity]) expect(() => psnrFromMse(mse)).toThrow(RangeError);
  });
});

describe("normalizeMinMax", () => {
  it("gives a constant clip one half in every frame, in either direction", () => {
    expect(Array.from(normalizeMinMax([7, 7, 7]))).toEqual([0.5, 0.5, 0.5]);
    expect(Array.from(normalizeMinMax([7]))).toEqual([0.5]);
    expect(Array.from(mixNormality([7, 7], [1, 2], 0.6))).toEqual([
      expect.closeTo(0.7, 12),
      expect.closeTo(0.3, 12),
    ]);
  });

  it("keeps gaps as gaps and an empty clip empty", () => {
    expect(Array.from(normalizeMinMax([Number.NaN, 2, 4, Infinity]))).toEqual([Number.NaN, 0, 1, Number.NaN]);
    expect(Array.from(normalizeMinMax([Number.NaN]))).toEqual([Number.NaN]);
    expect(normalizeMinMax([])).toHaveLength(0);
    expect(mixNormality([Number.NaN, 1, 2], [1, 2, Number.NaN], 0.6)[0]).toBeNaN();
  });

  it("reaches 0 and 1, keeps the order, and ignores offset and unit", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (values) => {
        fc.pre(new Set(values).size > 1);
        const normalized = normalizeMinMax(values);
        expect(Math.min(...normalized)).toBe(0);
        expect(Math.max(...normalized)).toBe(1);
        const moved = normalizeMinMax(values.map((x) => 3 + 4 * x));
        for (const [i, x] of normalized.entries()) expect(moved[i]).toBeCloseTo(x, 12);
      }),
    );
  });

  it("refuses lanes that do not fit and weights outside [0, 1]", () => {
    expect(() => mixNormality([1], [1, 2], 0.5)).toThrow(/1 and 2 frames/);
    expect(() => mixNormality([1], [1], 1.1)).toThrow(RangeError);
  });
});
