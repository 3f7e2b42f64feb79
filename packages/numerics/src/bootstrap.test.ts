import { describe, expect, it } from "vitest";
import { percentileInterval, resampleClips } from "./bootstrap.ts";

describe("resampleClips", () => {
  it("draws as many clips as there are, the same ones from the same seed", () => {
    const draw = (seed: number) => {
      const all: number[][] = [];
      resampleClips(5, { replicates: 200, seed }, (_, drawn) => all.push(Array.from(drawn)));
      return all;
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).toHaveLength(200);
    for (const drawn of draw(7)) expect(drawn.reduce((sum, times) => sum + times)).toBe(5);
  });

  it("draws nothing of fewer than two clips, and refuses no replicates", () => {
    resampleClips(1, { replicates: 10, seed: 1 }, () => expect.fail("One clip was resampled."));
    expect(() => resampleClips(3, { replicates: 0, seed: 1 }, () => undefined)).toThrow(RangeError);
  });
});

describe("percentileInterval", () => {
  it("cuts the same share off both ends", () => {
    const replicates = Float64Array.from({ length: 101 }, (_, i) => 100 - i);
    expect(percentileInterval(replicates, 0.5)).toEqual({ low: 25, high: 75, reason: null });
  });

  it("leaves undefined replicates out, and is unknown where most are", () => {
    const gap = Number.NaN;
    expect(percentileInterval(Float64Array.of(1, gap, 3), 0.5)).toEqual({
      low: 1.5,
      high: 2.5,
      reason: null,
    });
    expect(percentileInterval(Float64Array.of(1, gap, gap), 0.5)).toEqual({
      low: null,
      high: null,
      reason: "The figure is defined on 1 of 3 resamples of the clips only.",
    });
    expect(percentileInterval(new Float64Array(0), 0.95).reason).toMatch(/no resample/);
    expect(() => percentileInterval(Float64Array.of(1), 1)).toThrow(RangeError);
  });
});
