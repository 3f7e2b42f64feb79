import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveEvents, type EventRules } from "./events.ts";

const rules: EventRules = {
  enterThreshold: 0.8,
  leaveThreshold: 0.5,
  minDurationFrames: 1,
  mergeGapFrames: 0,
};
const spans = (values: readonly number[], changed: Partial<EventRules> = {}) =>
  deriveEvents(values, { ...rules, ...changed }).map(({ startFrame, endFrame }) => [startFrame, endFrame]);

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const series = fc.array(value, { maxLength: 120 });
const someRules = fc
  .record({
    high: fc.double({ min: 0, max: 1, noNaN: true }),
    low: fc.double({ min: 0, max: 1, noNaN: true }),
    minDurationFrames: fc.integer({ min: 1, max: 8 }),
    mergeGapFrames: fc.nat(8),
  })
  .map(({ high, low, ...rest }) => ({
    enterThreshold: Math.max(high, low),
    leaveThreshold: Math.min(high, low),
    ...rest,
  }));

describe("deriveEvents", () => {
  it("opens at the enter threshold and lasts while the leave threshold is held, both inclusive", () => {
    expect(spans([0.6, 0.8, 0.6, 0.5, 0.49, 0.7])).toEqual([[1, 3]]);
    expect(spans([0.9, 0.1, 0.9])).toEqual([
      [0, 0],
      [2, 2],
    ]);
    expect(spans([])).toEqual([]);
  });

  it("reports peak and mean over the event", () => {
    expect(deriveEvents([0, 0.8, 1, 0.6, 1, 0], rules)).toEqual([
      {
        startFrame: 1,
        endFrame: 4,
        peakFrame: 2,
        peakAbnormality: 1,
        meanAbnormality: expect.closeTo(0.85, 12),
      },
    ]);
  });

  it("closes at a gap, and opens again only at the enter threshold", () => {
    expect(spans([0.9, Number.NaN, 0.6, 0.9])).toEqual([
      [0, 0],
      [3, 3],
    ]);
    expect(spans([0.9, 0.9, Infinity])).toEqual([[0, 1]]);
  });

  it("merges over no more than the merge gap, gaps included, before it asks for the minimum duration", () => {
    const values = [0.9, 0, 0, 0.9, Number.NaN, Number.NaN, 0.9];
    expect(spans(values, { mergeGapFrames: 2 })).toEqual([[0, 6]]);
    expect(spans(values, { mergeGapFrames: 1 })).toHaveLength(3);
    expect(spans(values, { mergeGapFrames: 2, minDurationFrames: 7 })).toEqual([[0, 6]]);
    expect(spans(values, { mergeGapFrames: 1, minDurationFrames: 2 })).toEqual([]);
    expect(deriveEvents(values, { ...rules, mergeGapFrames: 2 })[0]!.meanAbnormality).toBeCloseTo(
      2.7 / 5,
      12,
    );
  });

  it("gives ordered, disjoint events that begin and peak at the enter threshold, far enough apart, long enough", () => {
    fc.assert(
      fc.property(series, someRules, (values, given) => {
        let previousEnd = -Infinity;
        for (const event of deriveEvents(values, given)) {
          expect(values[event.startFrame]).toBeGreaterThanOrEqual(given.enterThreshold);
          expect(values[event.endFrame]).toBeGreaterThanOrEqual(given.leaveThreshold);
          expect(event.endFrame - event.startFrame + 1).toBeGreaterThanOrEqual(given.minDurationFrames);
          expect(event.startFrame - previousEnd - 1).toBeGreaterThan(given.mergeGapFrames);
          const inside = values.slice(event.startFrame, event.endFrame + 1).filter((x) => !Number.isNaN(x));
          expect(event.peakAbnormality).toBe(Math.max(...inside));
          expect(values[event.peakFrame]).toBe(event.peakAbnormality);
          expect(event.meanAbnormality).toBeLessThanOrEqual(event.peakAbnormality + 1e-12);
          previousEnd = event.endFrame;
        }
      }),
    );
  });

  it("misses no frame at the enter threshold where nothing is dropped", () => {
    fc.assert(
      fc.property(series, someRules, (values, given) => {
        const events = deriveEvents(values, { ...given, minDurationFrames: 1 });
        for (const [frame, x] of values.entries()) {
          if (!(x >= given.enterThreshold)) continue;
          expect(events.some(({ startFrame, endFrame }) => startFrame <= frame && frame <= endFrame)).toBe(
            true,
          );
        }
      }),
    );
  });

  it("refuses rules that contradict themselves", () => {
    expect(() => spans([], { leaveThreshold: 0.9 })).toThrow(/leave threshold 0.9/);
    expect(() => spans([], { minDurationFrames: 0 })).toThrow(RangeError);
    expect(() => spans([], { mergeGapFrames: -1 })).toThrow(RangeError);
    expect(() => spans([], { enterThreshold: Number.NaN })).toThrow(RangeError);
  });
});
