import { describe, expect, it } from "vitest";
import { augment, drawAugmentation } from "./augmentation.ts";

const NONE = { shiftX: 0, shiftY: 0, isMirrored: false, isUpsideDown: false };
/** 1 … 9, as a picture of 3×3. */
const picture = Uint8Array.from({ length: 9 }, (_, i) => i + 1);
const rows = (change: Partial<typeof NONE>) => [...augment(picture, 3, 1, { ...NONE, ...change })];

describe("augment", () => {
  it("shifts, with the mirror image of what is beside the edge in place of what it uncovers", () => {
    expect(rows({})).toEqual([...picture]);
    expect(rows({ shiftX: 1 })).toEqual([2, 1, 2, 5, 4, 5, 8, 7, 8]);
    expect(rows({ shiftY: -1 })).toEqual([4, 5, 6, 7, 8, 9, 4, 5, 6]);
    expect(rows({ shiftX: 4 })).toEqual([...picture]);
  });

  it("flips what it has shifted", () => {
    expect(rows({ isMirrored: true })).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
    expect(rows({ isUpsideDown: true })).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3]);
    expect(rows({ shiftX: 1, isMirrored: true })).toEqual([2, 1, 2, 5, 4, 5, 8, 7, 8]);
  });

  it("changes every frame of a window alike, and keeps the colours of a pixel together", () => {
    const frames = Uint8Array.of(
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      11,
      12,
      13,
      14,
      15,
      16,
      17,
      18,
      19,
      20,
      21,
      22,
      23,
      24,
    );
    const mirrored = augment(frames, 2, 3, { ...NONE, isMirrored: true });
    expect([...mirrored.subarray(0, 6)]).toEqual([4, 5, 6, 1, 2, 3]);
    expect([...mirrored.subarray(12, 18)]).toEqual([16, 17, 18, 13, 14, 15]);
  });
});

describe("drawAugmentation", () => {
  const all = { shiftPixels: 2, flipHorizontal: true, flipVertical: true };
  const draws = (epoch: number) =>
    Array.from({ length: 2000 }, (_, window) => drawAugmentation(all, 7, epoch, window)!);

  it("draws nothing where nothing is switched on", () => {
    expect(
      drawAugmentation({ shiftPixels: 0, flipHorizontal: false, flipVertical: false }, 1, 2, 3),
    ).toBeNull();
  });

  it("depends on seed, epoch and window alone, and differs by each", () => {
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    const other = Array.from({ length: 2000 }, (_, window) => drawAugmentation(all, 8, 1, window)!);
    expect(other).not.toEqual(draws(1));
  });

  it("reaches every shift and flip about equally often", () => {
    const drawn = draws(0);
    for (const shift of [-2, -1, 0, 1, 2]) {
      expect(drawn.filter(({ shiftX }) => shiftX === shift).length).toBeGreaterThan(300);
      expect(drawn.filter(({ shiftY }) => shiftY === shift).length).toBeGreaterThan(300);
    }
    for (const flip of ["isMirrored", "isUpsideDown"] as const) {
      expect(Math.abs(drawn.filter((one) => one[flip]).length - 1000)).toBeLessThan(120);
    }
  });

  it("flips only where that is allowed", () => {
    const shifted = Array.from({ length: 50 }, (_, window) =>
      drawAugmentation({ shiftPixels: 1, flipHorizontal: false, flipVertical: false }, 1, 1, window),
    );
    expect(shifted.some((one) => one?.isMirrored || one?.isUpsideDown)).toBe(false);
  });
});
