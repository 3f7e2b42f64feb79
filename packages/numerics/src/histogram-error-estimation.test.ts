import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorHistogram, histogramEdges } from "./error-histogram.ts";
import {
  correctErrorMap,
  estimateBackgroundError,
  histogramQuantile,
  modeBackgroundError,
} from "./histogram-error-estimation.ts";
import { mulberry32, normalArray } from "./random.ts";

const SHARE = 0.05;
const SIDE = 64;
const PIXELS = SIDE * SIDE;
const tauOf = (map: Float32Array, share = SHARE) => modeBackgroundError(errorHistogram(map), share);
/** Half-normal errors of a reconstruction that is off by Gaussian noise. */
const background = (seed: number, sigma: number) =>
  normalArray(PIXELS, mulberry32(seed)).map((value) => Math.abs(value) * sigma);
const seeds = fc.integer({ min: 1, max: 1e6 });
const sigmas = fc.double({ min: 0.01, max: 0.08, noNaN: true });
const maps = fc
  .array(fc.float({ min: 0, max: 1, noNaN: true }).map(Math.abs), { minLength: 1, maxLength: 300 })
  .map((values) => Float32Array.from(values));
const noPixel = new Uint32Array(64);
/** Whole maps are drawn for each run. */
const RUNS = { numRuns: 25 };

describe("modeBackgroundError", () => {
  it("lies between 1/1024 and 1 for any map", () => {
    fc.assert(
      fc.property(maps, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (map, share) => {
        const tau = tauOf(map, share);
        expect(tau).toBeGreaterThanOrEqual(1 / 1024);
        expect(tau).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("is about two and a half standard deviations of a Gaussian background", () => {
    fc.assert(
      fc.property(seeds, sigmas, (seed, sigma) => {
        const deviations = tauOf(background(seed, sigma)) / sigma;
        expect(deviations).toBeGreaterThan(2.2);
        expect(deviations).toBeLessThan(2.8);
      }),
      RUNS,
    );
  });

  it("scales with the errors where these shift by whole bins", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, bins) => {
        // Kept from the ends, where a bin stands for more than its width.
        const counts = errorHistogram(background(seed, 0.03).filter((error) => error > 0.004 && error < 0.2));
        const shifted = counts.map((_, b) => counts[b - bins] ?? 0);
        const ratio = modeBackgroundError(shifted, SHARE) / modeBackgroundError(counts, SHARE);
        expect(ratio).toBeCloseTo(2 ** ((10 * bins) / 63), 10);
      }),
      RUNS,
    );
  });

  it("does not see a small bright blob, whatever its error", () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.5, max: 1, noNaN: true }), (seed, brightness) => {
        const map = background(seed, 0.02);
        const withBlob = Float32Array.from([...map, ...new Float32Array(20).fill(brightness)]);
        expect(tauOf(withBlob)).toBe(tauOf(map));
      }),
      RUNS,
    );
  });

  it("is hardly moved by an object whose errors are of every magnitude and a tenth of the picture", () => {
    fc.assert(
      fc.property(seeds, sigmas, (seed, sigma) => {
        const map = background(seed, sigma);
        const quiet = tauOf(map);
        const random = mulberry32(seed + 1);
        for (let i = 0; i < PIXELS / 10; i++) map[i] = sigma * (1 / sigma) ** random();
        expect(tauOf(map) / quiet).toBeLessThan(1.25);
      }),
      RUNS,
    );
  });

  it("takes a large share of perfect pixels for no background of its own", () => {
    const map = background(3, 0.03);
    expect(tauOf(Float32Array.from([...map, ...new Float32Array(PIXELS / 2)]))).toBeCloseTo(tauOf(map), 2);
    const almostPerfect = new Float32Array(PIXELS);
    almostPerfect.fill(0.4, 0, PIXELS / 100);
    expect(tauOf(almostPerfect)).toBeLessThan(0.002);
  });

  it("lies above the only value of a flat map, and near the first edge for zeros", () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: Math.fround(0.8), noNaN: true }), (value) => {
        expect(tauOf(new Float32Array(50).fill(Math.abs(value)))).toBeGreaterThan(Math.abs(value));
      }),
    );
    expect(tauOf(new Float32Array(50))).toBeCloseTo(1 / 1024, 3);
    expect(tauOf(new Float32Array(50).fill(1))).toBe(1);
  });

  it("falls with a larger share: what is kept of the mode is less", () => {
    const map = background(5, 0.03);
    expect(tauOf(map, 0.01)).toBeGreaterThan(tauOf(map, 0.05));
    expect(tauOf(map, 0.05)).toBeGreaterThan(tauOf(map, 0.5));
  });

  it("refuses no pixels, another number of bins and shares that are none", () => {
    expect(() => modeBackgroundError(noPixel, SHARE)).toThrow("without pixels");
    expect(() => modeBackgroundError(new Uint32Array(63), SHARE)).toThrow("64 bins, not 63");
    for (const share of [0, 0.6, -1, Number.NaN])
      expect(() => tauOf(new Float32Array(1), share)).toThrow(RangeError);
  });
});

describe("histogramQuantile", () => {
  it("is within a bin's width of the quantile of the errors, and rises with the share", () => {
    fc.assert(
      fc.property(maps, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (map, share) => {
        const exact = map.toSorted()[Math.ceil(share * map.length) - 1]!;
        const quantile = histogramQuantile(errorHistogram(map), share);
        const edges = histogramEdges();
        const bin = Math.min(63, edges.findIndex((edge) => edge > exact) - 1);
        const low = exact === 1 ? edges[63]! : edges[bin]!;
        expect(quantile).toBeGreaterThanOrEqual(low);
        expect(quantile).toBeLessThanOrEqual(edges[exact === 1 ? 64 : bin + 1]! * (1 + 1e-12));
        expect(histogramQuantile(errorHistogram(map), share / 2)).toBeLessThanOrEqual(quantile);
      }),
    );
  });

  it("lies evenly inside its bin", () => {
    const counts = new Uint32Array(64);
    counts[0] = 10;
    expect(histogramQuantile(counts, 0.5)).toBeCloseTo(0.5 / 1024, 12);
    counts[63] = 10;
    expect(histogramQuantile(counts, 0.75)).toBeCloseTo(2 ** (-5 / 63), 12);
  });

  it("refuses no pixels and shares that are none", () => {
    expect(() => histogramQuantile(noPixel, 0.5)).toThrow("without pixels");
    expect(() => histogramQuantile(errorHistogram(new Float32Array(1)), 1)).toThrow(RangeError);
  });
});

describe("estimateBackgroundError", () => {
  it("is the frame's own by its mode, and the learned one where it is calibrated", () => {
    const histogram = errorHistogram(background(7, 0.02));
    expect(estimateBackgroundError(histogram, { method: "MODE", share: SHARE })).toBe(
      modeBackgroundError(histogram, SHARE),
    );
    expect(estimateBackgroundError(histogram, { method: "CALIBRATED", threshold: 0.125 })).toBe(0.125);
  });
});

describe("correctErrorMap", () => {
  it("never raises an error, and is exact above τ", () => {
    fc.assert(
      fc.property(maps, fc.double({ min: 0, max: 1, noNaN: true }), (map, tau) => {
        const corrected = correctErrorMap(map, tau);
        for (const [i, error] of map.entries()) {
          expect(corrected[i]).toBe(Math.fround(Math.max(0, error - tau)));
          expect(corrected[i]).toBeLessThanOrEqual(error);
        }
      }),
    );
  });

  it("leaves nothing of a uniform background, and all but 3 % of a Gaussian one's pixels at 0", () => {
    const flat = new Float32Array(PIXELS).fill(0.07);
    expect(correctErrorMap(flat, tauOf(flat)).every((error) => error === 0)).toBe(true);
    const noisy = background(11, 0.02);
    const left = correctErrorMap(noisy, tauOf(noisy)).filter((error) => error > 0).length;
    expect(left).toBeLessThan(0.03 * PIXELS);
  });

  it("keeps where a blob peaks", () => {
    fc.assert(
      fc.property(seeds, fc.nat(SIDE - 1), fc.nat(SIDE - 1), (seed, x, y) => {
        const map = background(seed, 0.02).map((error, i) => {
          const distance = Math.hypot((i % SIDE) - x, Math.floor(i / SIDE) - y);
          return error + 0.6 * Math.exp(-(distance ** 2) / 8);
        });
        const corrected = correctErrorMap(map, tauOf(map));
        expect(corrected.indexOf(Math.max(...corrected))).toBe(map.indexOf(Math.max(...map)));
      }),
      RUNS,
    );
  });

  it("refuses an unknown error and an unknown threshold", () => {
    expect(() => correctErrorMap(new Float32Array([0.1, Number.NaN]), 0)).toThrow(/pixel 1/);
    for (const tau of [-0.1, Number.NaN])
      expect(() => correctErrorMap(new Float32Array(1), tau)).toThrow(RangeError);
  });
});
