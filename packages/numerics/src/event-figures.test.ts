import { describe, expect, it } from "vitest";
import { evaluateEvents } from "./event-figures.ts";

const OPTIONS = { replicates: 200, level: 0.95, seed: 2 };
const interval = (startFrame: number, endFrame: number) => ({ startFrame, endFrame });

describe("evaluateEvents", () => {
  it("pools the clips, counts what was not detected and brackets each figure", () => {
    const clips = [
      { raised: [interval(12, 20)], truth: [interval(10, 30)] },
      { raised: [interval(0, 2), interval(50, 60)], truth: [interval(50, 70)] },
      { raised: [interval(43, 47)], truth: [interval(20, 40)] },
      { raised: [], truth: [interval(5, 9)] },
    ];
    const strict = evaluateEvents(clips, 0, OPTIONS);
    expect([strict.precision, strict.recall, strict.f1].map(({ value }) => value)).toEqual([0.5, 0.5, 0.5]);
    expect(strict.medianLatencyFrames.value).toBe(1);
    expect(strict.undetected).toBe(2);
    const tolerant = evaluateEvents(clips, 3, OPTIONS);
    expect(tolerant.precision.value).toBe(0.75);
    expect(tolerant.recall.value).toBe(0.75);
    expect(tolerant.undetected).toBe(2);
    for (const { value, interval: bounds } of [tolerant.precision, tolerant.recall, tolerant.f1]) {
      expect(bounds.low).toBeLessThan(value!);
      expect(bounds.high).toBeGreaterThan(value!);
    }
  });

  it("is zero where every alarm is false, and null with a reason where there is nothing to compare", () => {
    const wrong = evaluateEvents([{ raised: [interval(0, 1)], truth: [interval(8, 9)] }], 0, OPTIONS);
    expect(wrong.f1).toMatchObject({
      value: 0,
      interval: { low: null, reason: expect.stringContaining("two clips") },
    });
    const silent = evaluateEvents([{ raised: [], truth: [] }], 0, OPTIONS);
    for (const figure of [silent.precision, silent.recall, silent.f1, silent.medianLatencyFrames]) {
      expect(figure.value).toBeNull();
      expect(figure.interval.reason).toBe(figure.reason);
    }
  });
});
