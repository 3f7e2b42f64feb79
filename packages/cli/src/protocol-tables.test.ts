import type { EvaluationFieldsFragment } from "@engram/sdk";
import { describe, expect, it } from "vitest";
import { protocolTables } from "./protocol-tables.ts";

const measured = { value: 0.5, reason: null };
const known = { value: 0.93406, reason: null, interval: { low: 0.9, high: 0.96, reason: null } };
const alone = { value: 0.7, reason: null, interval: { low: null, high: null, reason: "One clip." } };
const missing = {
  value: null,
  reason: "No clip has both.",
  interval: { low: null, high: null, reason: "No clip has both." },
};

const evaluation: EvaluationFieldsFragment = {
  ...{ kind: "VIDEO", localization: null, scoredFrames: 9, abnormalFrames: 3, oneClassClips: 0 },
  ...{ frameAuroc: measured, macroAuroc: measured, abnormalityAuroc: measured },
  ...{ laneAuroc: [], rawLaneAuroc: [], liveLaneAuroc: [] },
  events: { raised: 1, truth: 1, precision: measured, recall: measured },
  eventFigures: {
    ...{ toleranceFrames: 10, undetected: 2 },
    ...{ precision: known, recall: known, f1: known, medianLatencyFrames: known },
  },
  protocols: [
    {
      ...{ normalization: "PER_CLIP", smoothing: "GAUSSIAN", unscorable: "FILLED", averaging: "MACRO" },
      ...{ frames: 9, abnormalFrames: 3, clips: 8, clipsLeftOut: 4, f1Threshold: null },
      ...{ auroc: known, averagePrecision: alone, equalErrorRate: missing, f1Max: missing },
    },
  ],
  bootstrap: { replicates: 1000, level: 0.95, seed: 1 },
};

describe("protocolTables", () => {
  it("shows each figure with its interval, and each reason for a missing one once", () => {
    const text = protocolTables(evaluation);
    expect(text).toMatch(/95 % intervals of 1000 resamples/);
    expect(text).toMatch(
      /per clip +Gaussian +filled +macro +8 \(4 left out\) +0\.9341 \[0\.9000, 0\.9600\] +0\.7000 \[-\] +- +-$/m,
    );
    expect(text).toMatch(/true intervals with no frame flagged +2$/m);
    expect(text.split("No clip has both.")).toHaveLength(2);
  });

  it("speaks of pictures where it is of them, and of nothing that needs a neighbour", () => {
    const text = protocolTables({ ...evaluation, kind: "IMAGES" });
    expect(text).toMatch(/^Picture by picture, .* resamples of the pictures$/m);
    expect(text).toMatch(/^abnormal pictures not flagged +2$/m);
    expect(text).not.toMatch(/clips|frames|latency|within/);
  });

  it("is empty for an evaluation of an older version", () => {
    expect(protocolTables({ ...evaluation, protocols: [], eventFigures: null, bootstrap: null })).toBe("");
  });
});
