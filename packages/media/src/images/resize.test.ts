import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createResizer, type Size } from "./resize.ts";

function resize(source: readonly number[], from: Size, to: Size, channels = 1): number[] {
  const target = new Uint8Array(to.width * to.height * channels);
  createResizer(from, to, channels)(Uint8Array.from(source), target);
  return [...target];
}

/** The definition, pixel by pixel, in the plainest words. */
function byDefinition(source: readonly number[], from: Size, to: Size, channels: number): number[] {
  const at = (x: number, y: number, c: number) => source[(y * from.width + x) * channels + c]!;
  const result: number[] = [];
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      for (let c = 0; c < channels; c++) {
        const sx = Math.min(Math.max(((x + 0.5) * from.width) / to.width - 0.5, 0), from.width - 1);
        const sy = Math.min(Math.max(((y + 0.5) * from.height) / to.height - 0.5, 0), from.height - 1);
        const [x0, y0] = [Math.floor(sx), Math.floor(sy)];
        const [x1, y1] = [Math.min(x0 + 1, from.width - 1), Math.min(y0 + 1, from.height - 1)];
        const [u, v] = [sx - x0, sy - y0];
        result.push(
          at(x0, y0, c) * (1 - u) * (1 - v) +
            at(x1, y0, c) * u * (1 - v) +
            at(x0, y1, c) * (1 - u) * v +
            at(x1, y1, c) * u * v,
        );
      }
    }
  }
  return result;
}

describe("bilinear resize", () => {
  it("samples at half-pixel centres: a hand-computed row", () => {
    // 4 → 2: centres at 0.5 and 2.5. 2 → 4: at −0.25 (clamped), 0.25, 0.75, 1.25 (clamped).
    expect(resize([0, 10, 100, 200], { width: 4, height: 1 }, { width: 2, height: 1 })).toEqual([5, 150]);
    expect(resize([0, 100], { width: 2, height: 1 }, { width: 4, height: 1 })).toEqual([0, 25, 75, 100]);
  });

  it("samples in both directions: a hand-computed square", () => {
    const source = [0, 40, 80, 120, 10, 50, 90, 130, 20, 60, 100, 140, 30, 70, 110, 150];
    // 4×4 → 3×3: centres at 1/6, 3/2, 17/6 in both directions; value = 40·x + 10·y.
    const expected = [1 / 6, 1.5, 17 / 6].flatMap((y) =>
      [1 / 6, 1.5, 17 / 6].map((x) => Math.round(40 * x + 10 * y)),
    );
    expect(resize(source, { width: 4, height: 4 }, { width: 3, height: 3 })).toEqual(expected);
  });

  it("does not anti-alias: a thin line between two samples vanishes", () => {
    const row = Array.from({ length: 12 }, (_, x) => (x === 5 ? 255 : 0));
    // 12 → 2: centres at 2.5 and 8.5 see pixels 2, 3 and 8, 9 only.
    expect(resize(row, { width: 12, height: 1 }, { width: 2, height: 1 })).toEqual([0, 0]);
  });

  it("rounds ties to even", () => {
    expect(resize([0, 1], { width: 2, height: 1 }, { width: 1, height: 1 })).toEqual([0]);
    expect(resize([1, 2], { width: 2, height: 1 }, { width: 1, height: 1 })).toEqual([2]);
  });

  it("keeps every sample where the size stays", () => {
    const source = Array.from({ length: 3 * 5 * 3 }, (_, i) => (i * 37) % 256);
    expect(resize(source, { width: 3, height: 5 }, { width: 3, height: 5 }, 3)).toEqual(source);
  });

  it("is within rounding of its definition for any sizes, channel by channel", () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(side, side, side, side, fc.constantFrom(1, 3), fc.nat(), (w, h, w2, h2, channels, seed) => {
        const source = Array.from(
          { length: w * h * channels },
          (_, i) => (((i + 1) * (seed + 7) * 2654435761) % 256) | 0,
        );
        const [from, to] = [
          { width: w, height: h },
          { width: w2, height: h2 },
        ];
        const exact = byDefinition(source, from, to, channels);
        resize(source, from, to, channels).forEach((value, i) => {
          expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(0.5 + 1e-9);
        });
      }),
    );
  });

  it("refuses buffers of other sizes", () => {
    const run = createResizer({ width: 2, height: 2 }, { width: 1, height: 1 }, 1);
    expect(() => run(new Uint8Array(3), new Uint8Array(1))).toThrow(RangeError);
    expect(() => run(new Uint8Array(4), new Uint8Array(2))).toThrow(RangeError);
  });
});
