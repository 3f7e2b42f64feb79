import { describe, expect, it } from "vitest";
import { prepareHistogram } from "./histogram-chart.ts";

const edges = [0, 1 / 1024, 1 / 256, 1 / 64, 1 / 16, 1 / 4, 1];

describe("prepareHistogram", () => {
  it("gives bars of equal width on logarithmic edges, one of them for what lies below", () => {
    const chart = prepareHistogram({ edges, counts: [100, 10, 1, 0, 0, 1] });
    const widths = chart?.bars.map(({ left, right }) => right - left);
    for (const width of widths ?? []) expect(width).toBeCloseTo(1 / 6, 10);
    expect(chart?.bars[0]?.left).toBe(0);
    expect(chart?.bars.at(-1)?.right).toBe(1);
    expect(chart?.pixels).toBe(112);
  });

  it("draws no bar for an empty bin and a visible one for a single pixel", () => {
    const chart = prepareHistogram({ edges, counts: [0, 0, 1000, 0, 0, 1] });
    expect(chart?.bars.map(({ count }) => count)).toEqual([1000, 1]);
    expect(chart?.bars[1]?.height).toBeGreaterThan(0.03);
    expect(chart?.bars[0]?.height).toBeLessThanOrEqual(1);
  });

  it("is nothing where nothing was measured or the columns do not fit", () => {
    expect(prepareHistogram({ edges, counts: [0, 0, 0, 0, 0, 0] })).toBeNull();
    expect(prepareHistogram({ edges, counts: [1, 2] })).toBeNull();
    expect(prepareHistogram({ edges: [], counts: [] })).toBeNull();
  });

  it("places errors and ticks on the same axis", () => {
    const chart = prepareHistogram({ edges, counts: [1, 1, 1, 1, 1, 1] });
    expect(chart?.xOf(1)).toBe(1);
    expect(chart?.xOf(1 / 1024)).toBeCloseTo(1 / 6, 10);
    expect(chart?.xTicks.map(({ label }) => label)).toEqual(["1/1024", "1/256", "1/64", "1/16", "1/4", "1"]);
  });
});
