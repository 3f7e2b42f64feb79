import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dequantizeErrorMap, downsizeErrorMap, quantizeErrorMap, stretchErrorMap } from "./error-map.ts";
import { mulberry32, uniformArray } from "./random.ts";

const mean = (values: Float32Array) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe("downsizeErrorMap", () => {
  it("averages whole pixels where the sizes divide", () => {
    const small = downsizeErrorMap(
      { values: Float32Array.of(1, 3, 5, 7, 1, 3, 5, 7), width: 4, height: 2 },
      2,
    );
    expect(small).toEqual({ values: Float32Array.of(2, 6), width: 2, height: 1 });
  });

  it("shares border pixels where they do not", () => {
    const small = downsizeErrorMap({ values: Float32Array.of(1, 2, 6), width: 3, height: 1 }, 2);
    expect(Array.from(small.values)).toEqual([expect.closeTo(4 / 3, 6), expect.closeTo(14 / 3, 6)]);
  });

  it("keeps the proportions, the mean and the range, whatever the sizes", () => {
    const sizes = fc.record({
      width: fc.integer({ min: 1, max: 60 }),
      height: fc.integer({ min: 1, max: 60 }),
      maxWidth: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(sizes, fc.integer(), ({ width, height, maxWidth }, seed) => {
        const values = uniformArray(width * height, mulberry32(seed));
        const small = downsizeErrorMap({ values, width, height }, maxWidth);
        expect(small.width).toBe(Math.min(width, maxWidth));
        expect(Math.abs(small.height - (height * small.width) / width)).toBeLessThan(1);
        expect(small.values).toHaveLength(small.width * small.height);
        expect(mean(small.values)).toBeCloseTo(mean(values), 5);
        expect(Math.max(...small.values)).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
      }),
    );
  });

  it("returns a map that is narrow enough as it is", () => {
    const map = { values: new Float32Array(4), width: 2, height: 2 };
    expect(downsizeErrorMap(map, 128)).toBe(map);
  });

  it("refuses sizes that do not fit", () => {
    expect(() => downsizeErrorMap({ values: new Float32Array(3), width: 2, height: 2 }, 1)).toThrow(
      /2×2 has 4 pixels/,
    );
    expect(() => downsizeErrorMap({ values: new Float32Array(4), width: 2, height: 2 }, 0)).toThrow(
      RangeError,
    );
  });
});

describe("stretchErrorMap", () => {
  it("samples at half-pixel centres with a scale of its own on each axis", () => {
    const map = { values: Float32Array.of(0, 1, 2, 3), width: 2, height: 2 };
    // torch.nn.functional.interpolate(x, (3, 4), mode="bilinear", align_corners=False)
    expect(Array.from(stretchErrorMap(map, 4, 3).values)).toEqual([
      ...[0, 0.25, 0.75, 1],
      ...[1, 1.25, 1.75, 2],
      ...[2, 2.25, 2.75, 3],
    ]);
  });

  it("stays within the map's range at any size, and is the map itself at its own", () => {
    const size = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(size, size, size, size, fc.integer(), (width, height, toWidth, toHeight, seed) => {
        const map = { values: uniformArray(width * height, mulberry32(seed)), width, height };
        const { values } = stretchErrorMap(map, toWidth, toHeight);
        expect(values).toHaveLength(toWidth * toHeight);
        expect(Math.max(...values)).toBeLessThanOrEqual(Math.max(...map.values) + 1e-6);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.min(...map.values) - 1e-6);
        expect(stretchErrorMap(map, width, height)).toBe(map);
      }),
    );
  });

  it("refuses a size of no pixels", () => {
    const map = { values: new Float32Array(1), width: 1, height: 1 };
    expect(() => stretchErrorMap(map, 0, 3)).toThrow(/positive integer/);
  });
});

describe("quantizeErrorMap", () => {
  it("comes back within half a step, and saturates above the scale", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: 0, max: 4, noNaN: true })),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (errors, scaleMax) => {
          const given = Float32Array.from(errors, Math.abs);
          const back = dequantizeErrorMap(quantizeErrorMap(given, scaleMax), scaleMax);
          for (const [i, error] of given.entries()) {
            expect(Math.abs(back[i]! - Math.min(error, scaleMax))).toBeLessThanOrEqual(scaleMax / 510 + 1e-6);
          }
        },
      ),
    );
  });

  it("keeps the ends exact", () => {
    expect(Array.from(quantizeErrorMap(Float32Array.of(0, 0.25, 0.5, 9), 0.5))).toEqual([0, 128, 255, 255]);
    expect(dequantizeErrorMap(Uint8Array.of(0, 255), 0.5)).toEqual(Float32Array.of(0, 0.5));
  });

  it("tells errors of a thousandth apart in 16 bits, where 8 on the scale of videos cannot", () => {
    const errors = Float32Array.of(0.001, 0.0012, 0.0014);
    expect(new Set(quantizeErrorMap(errors, 0.5)).size).toBe(1);
    const back = dequantizeErrorMap(quantizeErrorMap(errors, 1, 16), 1, 16);
    for (const [i, error] of errors.entries()) expect(Math.abs(back[i]! - error)).toBeLessThan(1 / 131_000);
    expect(dequantizeErrorMap(Uint8Array.of(255, 255, 0, 0), 1, 16)).toEqual(Float32Array.of(1, 0));
    expect(() => dequantizeErrorMap(Uint8Array.of(1), 1, 16)).toThrow(/16 bits/);
  });

  it("refuses an unknown error and a scale that is none", () => {
    expect(() => quantizeErrorMap(Float32Array.of(Number.NaN), 1)).toThrow(/pixel 0/);
    expect(() => quantizeErrorMap(Float32Array.of(0), 0)).toThrow(RangeError);
    expect(() => dequantizeErrorMap(Uint8Array.of(0), Number.NaN)).toThrow(RangeError);
  });
});
