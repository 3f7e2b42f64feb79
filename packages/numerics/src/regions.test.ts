import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRegions, labelRegions, thresholdMask } from "./regions.ts";

/** A mask and error map drawn in characters: "." is 0, a digit d an error of d. */
function drawn(...rows: string[]) {
  const pixels = rows.join("").split("");
  const errors = Float32Array.from(pixels, (pixel) => (pixel === "." ? 0 : Number(pixel)));
  return { errors, mask: thresholdMask(errors, 1), width: rows[0]!.length, height: rows.length };
}

describe("findRegions", () => {
  it("joins pixels that touch at a corner, and describes each region", () => {
    const { errors, mask, width, height } = drawn("12...", "..3..", "....5", ".....");
    const { regions, areaPx } = findRegions(errors, mask, width, height);
    expect(areaPx).toBe(4);
    expect(regions).toEqual([
      { x: 4, y: 2, width: 1, height: 1, areaPx: 1, centroidX: 4, centroidY: 2, peak: 5 },
      {
        x: 0,
        y: 0,
        width: 3,
        height: 2,
        areaPx: 3,
        centroidX: 1,
        centroidY: expect.closeTo(1 / 3, 12),
        peak: 3,
      },
    ]);
  });

  it("does not join the end of a row with the start of the next", () => {
    const { errors, mask, width, height } = drawn("...1", "1...");
    expect(findRegions(errors, mask, width, height).regions).toHaveLength(2);
  });

  it("drops and erases regions below the minimum area", () => {
    const { errors, mask, width, height } = drawn("9..11", "...11");
    const { regions, mask: kept, areaPx } = findRegions(errors, mask, width, height, { minAreaPx: 2 });
    expect(regions).toHaveLength(1);
    expect(areaPx).toBe(4);
    expect(Array.from(kept)).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 1, 1]);
    expect(mask[0]).toBe(1);
  });

  it("finds nothing in an empty mask", () => {
    expect(findRegions(new Float32Array(6), new Uint8Array(6), 3, 2).regions).toEqual([]);
    expect(findRegions(new Float32Array(), new Uint8Array(), 0, 0).areaPx).toBe(0);
  });

  it("keeps every set pixel, in regions as many as union by neighbours gives", () => {
    const size = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
    const image = size.chain(([width, height]) =>
      fc.tuple(
        fc.constant(width),
        fc.array(fc.constantFrom(0, 0, 1), { minLength: width * height, maxLength: width * height }),
      ),
    );
    fc.assert(
      fc.property(image, ([width, pixels]) => {
        const mask = Uint8Array.from(pixels);
        const height = pixels.length / width;
        const result = findRegions(Float32Array.from(pixels), mask, width, height);
        expect(result.mask).toEqual(mask);
        expect(result.regions.reduce((sum, { areaPx }) => sum + areaPx, 0)).toBe(result.areaPx);
        expect(result.regions).toHaveLength(countByRelabelling(mask, width));
        for (const { x, y, width: across, height: down, centroidX, centroidY } of result.regions) {
          expect(x >= 0 && y >= 0 && x + across <= width && y + down <= height).toBe(true);
          expect(centroidX >= x && centroidX < x + across && centroidY >= y && centroidY < y + down).toBe(
            true,
          );
        }
      }),
    );
  });

  it("refuses maps that are not width times height", () => {
    expect(() => findRegions(new Float32Array(4), new Uint8Array(4), 3, 2)).toThrow(/3×2 has 6 pixels/);
    expect(() => findRegions(new Float32Array(4), new Uint8Array(6), 3, 2)).toThrow(RangeError);
  });
});

describe("labelRegions", () => {
  it("numbers the regions that findRegions finds in reading order, with their areas", () => {
    const { mask, width, height } = drawn("1..2.", ".1..2", ".....", "3.333");
    const { labels, areas } = labelRegions(mask, width, height);
    expect(Array.from(labels)).toEqual([1, 0, 0, 2, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 4, 4]);
    expect(areas).toEqual([2, 2, 1, 3]);
    expect(mask[0]).toBe(1);
    expect(labelRegions(new Uint8Array(0), 0, 0)).toEqual({ labels: new Uint32Array(0), areas: [] });
    expect(() => labelRegions(mask, 4, height)).toThrow(/4×4 has 16 pixels, not 20/);
  });
});

/** The slow, obvious way: every pixel takes its neighbourhood's smallest label until nothing changes. */
function countByRelabelling(mask: Uint8Array, width: number): number {
  const labels = Array.from(mask, (set, i) => (set ? i : -1));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [i, label] of labels.entries()) {
      for (const [j, other] of labels.entries()) {
        const isNear =
          Math.abs((i % width) - (j % width)) <= 1 &&
          Math.abs(Math.floor(i / width) - Math.floor(j / width)) <= 1;
        if (label === -1 || other === -1 || !isNear || other >= labels[i]!) continue;
        labels[i] = other;
        changed = true;
      }
    }
  }
  return new Set(labels.filter((label) => label !== -1)).size;
}
