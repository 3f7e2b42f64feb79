import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRunLength, encodeRunLength, runLengthArea } from "./run-length.ts";

describe("run lengths", () => {
  it("begin with a run of 0s, empty where the first pixel is set", () => {
    expect(Array.from(encodeRunLength(new Uint8Array([0, 0, 1, 0])))).toEqual([2, 1, 1]);
    expect(Array.from(encodeRunLength(new Uint8Array([255, 0])))).toEqual([0, 1, 1]);
    expect(Array.from(encodeRunLength(new Uint8Array(5)))).toEqual([5]);
    expect(encodeRunLength(new Uint8Array())).toHaveLength(0);
  });

  it("give the mask and its area back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 1, maxLength: 300 }), (mask) => {
        const runs = encodeRunLength(mask);
        expect(decodeRunLength(runs, mask.length)).toEqual(Uint8Array.from(mask));
        expect(runLengthArea(runs)).toBe(mask.reduce((sum, pixel) => sum + pixel, 0));
        expect(runs.subarray(1).every((run) => run > 0)).toBe(true);
      }),
    );
  });

  it("are refused where they do not cover the mask", () => {
    expect(() => decodeRunLength([2, 1], 4)).toThrow("The runs cover 3 pixels, the mask has 4.");
    expect(() => decodeRunLength([5], 4)).toThrow(RangeError);
  });
});
