import type { TimelineFieldsFragment } from "@engram/sdk";
import { describe, expect, it } from "vitest";
import { clipIntervals, isolatedIndices, pointOfFrame, prepareLaneChart } from "./timeline-chart.ts";

const timeline = (over: Partial<TimelineFieldsFragment>): TimelineFieldsFragment => ({
  framesPerPoint: 1,
  frameCount: 6,
  startFrame: [0, 1, 2, 3, 4, 5],
  ptsMs: null,
  lanes: [
    {
      lane: "PSNR",
      min: [null, 30, 31, null, 35, null],
      max: [null, 30, 31, null, 35, null],
      mean: [null, 30, 31, null, 35, null],
      reason: null,
    },
  ],
  enterThreshold: 0.8,
  leaveThreshold: 0.5,
  gaps: [{ startFrame: 0, endFrame: 0 }],
  events: [],
  groundTruth: null,
  isComplete: true,
  ...over,
});

describe("prepareLaneChart", () => {
  it("keeps gaps as gaps and finds the points that no line would show", () => {
    const chart = prepareLaneChart(timeline({}), "PSNR");
    expect(chart.mean).toEqual([null, 30, 31, null, 35, null]);
    expect(chart.isolated).toEqual([4]);
    expect(chart.band).toBeNull();
  });

  it("puts a point in the middle of its frames and spans a band where it stands for several", () => {
    const chart = prepareLaneChart(
      timeline({
        framesPerPoint: 4,
        startFrame: [0, 4],
        lanes: [{ lane: "ABNORMALITY", min: [0.1, 0], max: [0.2, 0.9], mean: [0.15, 0.4], reason: null }],
      }),
      "ABNORMALITY",
    );
    expect(chart.x).toEqual([1.5, 5.5]);
    expect(chart.band).toEqual({ min: [0.1, 0], max: [0.2, 0.9] });
    expect(chart.domain).toEqual([0, 1]);
  });

  it("takes the extremes into the domain, and says why a lane is missing", () => {
    expect(prepareLaneChart(timeline({}), "PSNR").domain).toEqual([30, 35]);
    const missing = prepareLaneChart(timeline({}), "FEATURE_DISTANCE");
    expect(missing.domain).toBeNull();
    expect(missing.reason).toContain("did not store");
    expect(missing.mean.every((value) => value === null)).toBe(true);
  });

  it("lets no value that is not finite through", () => {
    const lanes = [
      { lane: "PSNR" as const, min: [Number.NaN], max: [Number.NaN], mean: [Number.NaN], reason: null },
    ];
    expect(prepareLaneChart(timeline({ startFrame: [0], lanes }), "PSNR").mean).toEqual([null]);
  });
});

describe("clipIntervals", () => {
  it("covers whole frames, cut to the window, and drops what lies outside", () => {
    const intervals = [
      { startFrame: 0, endFrame: 2 },
      { startFrame: 5, endFrame: 5 },
      { startFrame: 8, endFrame: 12 },
      { startFrame: 20, endFrame: 21 },
    ];
    expect(clipIntervals(intervals, { from: 2, to: 10 })).toEqual([
      [1.5, 2.5],
      [4.5, 5.5],
      [7.5, 10.5],
    ]);
    expect(clipIntervals(null, { from: 0, to: 10 })).toEqual([]);
  });
});

describe("pointOfFrame", () => {
  it("finds the point of a frame and none outside of all points", () => {
    expect(pointOfFrame([0, 4, 12], 4, 3)).toBe(0);
    expect(pointOfFrame([0, 4, 12], 4, 4)).toBe(1);
    expect(pointOfFrame([0, 4, 12], 4, 9)).toBeNull();
    expect(pointOfFrame([0, 4, 12], 4, 15)).toBe(2);
    expect(pointOfFrame([], 4, 0)).toBeNull();
  });
});

describe("isolatedIndices", () => {
  it("counts the ends as having no neighbour", () => {
    expect(isolatedIndices([1, null, 1, 1, null, 1])).toEqual([0, 5]);
  });
});
