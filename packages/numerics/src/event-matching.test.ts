import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsToIntervals, matchEvents, matchEventsByClip } from "./event-matching.ts";

const interval = (startFrame: number, endFrame: number) => ({ startFrame, endFrame });

describe("labelsToIntervals", () => {
  it("finds every run of ones, at the ends too", () => {
    expect(labelsToIntervals([1, 1, 0, 1, 0, 0, 1])).toEqual([
      interval(0, 1),
      interval(3, 3),
      interval(6, 6),
    ]);
    expect(labelsToIntervals([])).toEqual([]);
  });

  it("loses nothing: the labels come back from the intervals", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1)), (labels) => {
        const back = new Array<number>(labels.length).fill(0);
        for (const { startFrame, endFrame } of labelsToIntervals(labels))
          back.fill(1, startFrame, endFrame + 1);
        expect(back).toEqual(labels);
      }),
    );
  });

  it("refuses other labels", () => {
    expect(() => labelsToIntervals([0, 255])).toThrow(/frame 1 has 255/);
  });
});

describe("matchEvents", () => {
  it("counts an event as right, and an interval as found, by one shared frame", () => {
    const match = matchEvents(
      [interval(0, 10), interval(30, 40), interval(90, 99)],
      [interval(10, 20), interval(50, 60)],
    );
    expect(match).toMatchObject({ raised: 3, raisedRight: 1, truth: 2, truthFound: 1 });
    expect(match.precision.value).toBeCloseTo(1 / 3, 12);
    expect(match.recall.value).toBe(0.5);
  });

  it("measures latency from the interval's start to the first alarm in it, 0 where the alarm came before", () => {
    const match = matchEvents(
      [interval(25, 30), interval(12, 14), interval(45, 55)],
      [interval(10, 30), interval(50, 60), interval(70, 80)],
    );
    expect(match.latenciesFrames).toEqual([2, 0, null]);
    expect(match.medianLatencyFrames.value).toBe(1);
  });

  it("forgives an alarm that misses by no more than the tolerance, but measures no latency from it", () => {
    const [early, late] = [interval(0, 6), interval(25, 30)];
    const truth = [interval(10, 20)];
    expect(matchEvents([early, late], truth, 3)).toMatchObject({ raisedRight: 0, truthFound: 0 });
    expect(matchEvents([early, late], truth, 4)).toMatchObject({ raisedRight: 1, truthFound: 1 });
    expect(matchEvents([early, late], truth, 5)).toMatchObject({ raisedRight: 2, latenciesFrames: [null] });
  });

  it("has no precision where nothing was raised, no recall where nothing is to be found", () => {
    const silent = matchEvents([], [interval(0, 1)]);
    expect(silent.precision).toEqual({ value: null, reason: "No event was raised." });
    expect(silent.recall.value).toBe(0);
    expect(silent.medianLatencyFrames.value).toBeNull();
    const normal = matchEvents([interval(0, 1)], []);
    expect(normal.precision.value).toBe(0);
    expect(normal.recall.value).toBeNull();
  });

  it("pools the counts of clips and never matches across them", () => {
    const match = matchEventsByClip([
      { raised: [interval(0, 5)], truth: [] },
      { raised: [], truth: [interval(0, 5)] },
      { raised: [interval(3, 4)], truth: [interval(0, 5)] },
    ]);
    expect(match.precision.value).toBe(0.5);
    expect(match.recall.value).toBe(0.5);
    expect(match.latenciesFrames).toEqual([null, 3]);
  });
});
