import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ERROR_HISTOGRAM_BINS, errorHistogram, histogramEdges } from "./error-histogram.ts";

const edges = histogramEdges();

describe("histogramEdges", () => {
  it("runs from 0 over 1/1024 to exactly 1 in equal ratios", () => {
    expect(edges).toHaveLength(65);
    expect([edges[0], edges[1], edges[64]]).toEqual([0, 1 / 1024, 1]);
    for (let k = 2; k < 64; k++) expect(edges[k + 1]! / edges[k]!).toBeCloseTo(2 ** (10 / 63), 12);
  });

  it("hands out copies", () => {
    histogramEdges()[1] = 5;
    expect(histogramEdges()[1]).toBe(1 / 1024);
  });
});

describe("errorHistogram", () => {
  it("puts every error where edges[b] <= error < edges[b+1], the last edge inclusive", () => {
    const errors = fc.array(fc.float({ min: 0, max: 1, noNaN: true }).map(Math.abs));
    const onEdges = fc.array(fc.constantFrom(...edges));
    fc.assert(
      fc.property(errors, onEdges, (some, exact) => {
        const map = Float32Array.from([...some, ...exact]);
        const expected = new Uint32Array(ERROR_HISTOGRAM_BINS);
        for (const error of map) {
          const above = edges.findIndex((edge) => edge > error);
          expected[above === -1 ? 63 : above - 1]!++;
        }
        expect(errorHistogram(map)).toEqual(expected);
      }),
    );
  });

  it("separates what lies just below, on and just above the float32 neighbours of each edge", () => {
    for (let k = 1; k < 64; k++) {
      const bits = new Uint32Array(new Float32Array([edges[k]!]).buffer)[0]!;
      for (const neighbour of [bits - 1, bits, bits + 1]) {
        const error = new Float32Array(new Uint32Array([neighbour]).buffer);
        expect(errorHistogram(error)[error[0]! < edges[k]! ? k - 1 : k]).toBe(1);
      }
    }
  });

  it("counts what exceeds 1 by rounding in the last bin, and an empty map as nothing", () => {
    expect(errorHistogram(new Float32Array([1, 1.0001]))[63]).toBe(2);
    expect(errorHistogram(new Float32Array()).every((count) => count === 0)).toBe(true);
  });

  it("refuses errors that are negative or unknown", () => {
    expect(() => errorHistogram(new Float32Array([0, -0.1]))).toThrow(/pixel 1/);
    expect(() => errorHistogram(new Float32Array([Number.NaN]))).toThrow(RangeError);
  });
});
