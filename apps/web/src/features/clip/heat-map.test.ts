import { describe, expect, it } from "vitest";
import { colorizeErrors, HEAT_COLORS, heatCeiling } from "./heat-map.ts";

const linear = (channel: number) =>
  channel / 255 <= 0.04045 ? channel / 3294.6 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
const luminance = (index: number) => {
  const [r = 0, g = 0, b = 0] = HEAT_COLORS.subarray(index * 3, index * 3 + 3);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
};

describe("HEAT_COLORS", () => {
  it("grow brighter with the error, from nearly black to nearly white", () => {
    for (let index = 8; index < 256; index += 8)
      expect(luminance(index)).toBeGreaterThan(luminance(index - 8));
    expect(luminance(0)).toBeLessThan(0.03);
    expect(luminance(255)).toBeGreaterThan(0.8);
  });
});

describe("colorizeErrors", () => {
  it("shows nothing where there is no error and the last colour from the ceiling on", () => {
    const rgba = colorizeErrors(Uint8Array.of(0, 128, 255), 1, 128 / 255);
    expect(rgba[3]).toBe(0);
    expect([...rgba.subarray(4, 8)]).toEqual([...HEAT_COLORS.subarray(255 * 3), 255]);
    expect(rgba.subarray(8, 12)).toEqual(rgba.subarray(4, 8));
  });
});

describe("colorizeErrors without the background", () => {
  it("shows nothing up to the background error, and what lies above it as an error of that much", () => {
    const without = colorizeErrors(Uint8Array.of(0, 51, 102), 1, 0.5, 0.2);
    const raw = colorizeErrors(Uint8Array.of(0, 0, 51), 1, 0.5);
    expect(without).toEqual(raw);
  });
});

describe("colorizeErrors in 16 bits", () => {
  it("tells small errors apart on a small ceiling, as coarse maps cannot", () => {
    const rgba = colorizeErrors(Uint16Array.of(0, 66, 131, 655), 1, 0.01);
    const colors = [0, 1, 2, 3].map((pixel) => [...rgba.subarray(pixel * 4, pixel * 4 + 4)].join());
    expect(new Set(colors).size).toBe(4);
    expect([...rgba.subarray(12, 16)]).toEqual([...HEAT_COLORS.subarray(255 * 3), 255]);
  });
});

describe("heatCeiling", () => {
  it("is twice the threshold, at most the scale, and the scale where no threshold is known", () => {
    expect(heatCeiling(1, 0.1)).toBe(0.2);
    expect(heatCeiling(0.15, 0.1)).toBe(0.15);
    expect(heatCeiling(0.15, null)).toBe(0.15);
  });
});
