import { describe, expect, it } from "vitest";
import { blockStatistics } from "./block-statistics.ts";

describe("blockStatistics", () => {
  it("describes each lane by its scored frames, null where there is none", () => {
    const values = new Float32Array([Number.NaN, 2, 4, Number.NaN, Number.NaN, Number.NaN]);
    expect(blockStatistics(values, 2, 3)).toEqual([
      { min: 2, max: 4, mean: 3, count: 2 },
      { min: null, max: null, mean: null, count: 0 },
    ]);
    expect(blockStatistics([], 1, 0)).toEqual([{ min: null, max: null, mean: null, count: 0 }]);
  });

  it("refuses a block that is not lanes times frames", () => {
    expect(() => blockStatistics(new Float32Array(5), 2, 3)).toThrow(
      "2 lanes of 3 frames are 6 values, not 5.",
    );
  });
});
