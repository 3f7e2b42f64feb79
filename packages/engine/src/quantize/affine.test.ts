import { mulberry32, uniformArray } from "@engram/numerics";
import { describe, expect, it } from "vitest";
import { activationCode, quantizeBias, quantizeFilter, WEIGHT_LIMIT } from "./affine.ts";

describe("the code of activations", () => {
  it("writes 0 exactly and every value of the range within half a step of the channel's scale", () => {
    const ranges = [
      { min: Float32Array.of(-1.3, -0.1, 0), max: Float32Array.of(0.7, 0.2, 2.9) },
      { min: Float32Array.of(0, 0), max: Float32Array.of(7, 0.3) },
    ];
    for (const { min, max } of ranges) {
      const { scales, zeroPoint } = activationCode({ min, max });
      for (const [channel, scale] of scales.entries()) {
        for (let i = 0; i <= 100; i++) {
          const value = min[channel]! + (i / 100) * (max[channel]! - min[channel]!);
          const byte = Math.min(255, Math.max(0, Math.round(value / scale) + zeroPoint));
          expect(Math.abs(scale * (byte - zeroPoint) - value)).toBeLessThanOrEqual(scale * (0.5 + 1e-5));
        }
      }
    }
  });

  it("leaves a channel that calibration never saw active room to become so", () => {
    const { scales } = activationCode({ min: new Float32Array(2), max: Float32Array.of(8, 0) });
    expect(255 * scales[1]!).toBeGreaterThan(0.04);
  });

  it("has a usable scale for a tensor that was 0 throughout", () => {
    const { scales, zeroPoint } = activationCode({ min: new Float32Array(2), max: new Float32Array(2) });
    expect(zeroPoint).toBe(0);
    expect([...scales].every((scale) => scale > 0)).toBe(true);
  });
});

describe("the codes of a filter", () => {
  it("take up the inputs' scales, within half a step of each output's own, small enough for 16-bit sums", () => {
    const inputScales = Float32Array.of(0.5, 4);
    const weights = uniformArray(4 * 18, mulberry32(1), -1, 1).map((w, i) => w * 10 ** Math.floor(i / 18));
    weights.fill(0, 18, 36);
    const { values, scales } = quantizeFilter(weights, 4, inputScales);
    for (const [i, weight] of weights.entries()) {
      const scale = scales[Math.floor(i / 18)]!;
      const scaled = weight * inputScales[Math.floor((i % 18) / 9)]!;
      expect(Math.abs(values[i]! * scale - scaled)).toBeLessThanOrEqual(scale * (0.5 + 1e-5));
      expect(Math.abs(values[i]!)).toBeLessThanOrEqual(WEIGHT_LIMIT);
    }
    expect(scales[1]).toBe(1);
    expect(2 * 255 * WEIGHT_LIMIT).toBeLessThan(2 ** 15);
  });

  it("count biases in steps of the sums that they are added to", () => {
    expect([...quantizeBias([1, -1, 1e9], Float32Array.of(0.125, 1, 1e-6))]).toEqual([8, -1, 2 ** 31 - 1]);
  });
});
