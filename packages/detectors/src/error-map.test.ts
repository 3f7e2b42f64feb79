import { backgroundRule } from "@engram/core";
import { errorHistogram, mulberry32, normalArray } from "@engram/numerics";
import { describe, expect, it } from "vitest";
import { measureErrors, peakError, smoothErrorMap } from "./error-map.ts";

const SIZE = 64;
const RULE = { method: "MODE", share: 0.05 } as const;
const noise = (sigma: number) =>
  normalArray(SIZE * SIZE, mulberry32(1)).map((value) => Math.abs(value) * sigma);
const withBlob = (map: Float32Array, brightness: number) =>
  map.map((error, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    return x >= 20 && x < 24 && y >= 30 && y < 34 ? error + brightness : error;
  });

describe("smoothErrorMap", () => {
  it("is the mean of each 3×3 neighbourhood, cut at the border", () => {
    const map = new Float32Array(16);
    map[0] = 36;
    const smoothed = smoothErrorMap(map, 4);
    expect([...smoothed]).toEqual([9, 6, 0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...smoothErrorMap(new Float32Array(16).fill(0.5), 4)]).toEqual(Array(16).fill(0.5));
  });
});

describe("measureErrors", () => {
  it("measures the mean of the largest thousandth of the smoothed map, with and without the background", () => {
    const map = withBlob(noise(0.02), 0.5);
    const { histogram, corrected, lanes } = measureErrors(map, SIZE, RULE);
    expect(histogram).toEqual(errorHistogram(map));
    const largest = smoothErrorMap(map, SIZE).sort().subarray(-4);
    expect(lanes.PEAK_ERROR).toBeCloseTo(largest.reduce((sum, value) => sum + value, 0) / 4, 6);
    expect(lanes.CORRECTED_ERROR).toBe(peakError(corrected!.errorMap, SIZE));
    expect(lanes.CORRECTED_ERROR).toBeGreaterThan(0.4);
    expect(lanes.CORRECTED_ERROR).toBeLessThan(lanes.PEAK_ERROR);
  });

  it("tells a small anomaly apart under any background, where the raw peak takes a loud background for one", () => {
    const quietWithAnomaly = measureErrors(withBlob(noise(0.005), 0.08), SIZE, RULE).lanes;
    const loud = measureErrors(noise(0.08), SIZE, RULE).lanes;
    expect(loud.PEAK_ERROR).toBeGreaterThan(quietWithAnomaly.PEAK_ERROR);
    expect(loud.CORRECTED_ERROR).toBeLessThan(quietWithAnomaly.CORRECTED_ERROR!);
  });

  it("scores a perfect picture and a flat error 0 once corrected", () => {
    for (const error of [0, 0.1]) {
      const flat = new Float32Array(SIZE * SIZE).fill(error);
      expect(measureErrors(flat, SIZE, RULE).lanes.CORRECTED_ERROR).toBe(0);
    }
  });

  it("takes the learned background error where the detector asks for it, and corrects nothing before there is one", () => {
    const asked = { backgroundMethod: "CALIBRATED", backgroundShare: 0.05 } as const;
    const map = noise(0.02);
    const learned = measureErrors(map, SIZE, backgroundRule(asked, 0.03));
    expect(learned.corrected?.backgroundError).toBe(0.03);
    const before = measureErrors(map, SIZE, backgroundRule(asked, null));
    expect(before.corrected).toBeNull();
    expect(before.lanes).toEqual({ PEAK_ERROR: learned.lanes.PEAK_ERROR });
  });
});
