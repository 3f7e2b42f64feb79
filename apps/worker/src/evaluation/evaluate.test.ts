import { evaluationSchema, type Lane } from "@engram/core";
import { describe, expect, it } from "vitest";
import { evaluateClips, type LabelledClip } from "./evaluate.ts";

const LANES: readonly Lane[] = ["PSNR", "FEATURE_DISTANCE"];
const gap = Number.NaN;

/** MNAD's mix, with calibration frames on which both lanes spread alike. */
function mixOf(lambda: number) {
  const samples = [1, 2, 3, 4, 5, 6, 7, 8];
  return {
    weights: { PSNR: lambda, FEATURE_DISTANCE: 1 - lambda },
    samples: { PSNR: samples, FEATURE_DISTANCE: samples },
  };
}

function clip(
  psnr: number[],
  distance: number[],
  labels: number[],
  more: Partial<LabelledClip> = {},
): LabelledClip {
  return {
    lanes: { PSNR: Float32Array.from(psnr), FEATURE_DISTANCE: Float32Array.from(distance) },
    labels: Uint8Array.from(labels),
    ...{ kind: "VIDEO", abnormality: null, events: [] },
    ...more,
  };
}

describe("evaluateClips", () => {
  it("leaves frames that cannot be scored out together with their labels", () => {
    const evaluation = evaluateClips(
      [clip([gap, gap, 30, 20, 31], [gap, gap, 0, 1, 0], [1, 1, 0, 1, 0])],
      LANES,
      mixOf(0.6),
      "no calibration",
    );
    expect(evaluation).toMatchObject({
      scoredFrames: 3,
      abnormalFrames: 1,
      frameAuroc: { value: 1, reason: null },
    });
  });

  it("normalizes each clip by itself, so that a bright clip does not drown a dark one", () => {
    const dark = clip([10, 11, 12, 13], [0, 0, 0, 0], [1, 0, 0, 0]);
    const bright = clip([40, 41, 42, 43], [0, 0, 0, 0], [1, 0, 0, 0]);
    const { frameAuroc, laneAuroc, macroAuroc } = evaluateClips([dark, bright], LANES, mixOf(1), null);
    expect(frameAuroc.value).toBe(1);
    expect(laneAuroc.PSNR?.value).toBe(1);
    expect(laneAuroc.FEATURE_DISTANCE?.reason).toMatch(/the same score/);
    expect(macroAuroc.value).toBe(1);
  });

  it("measures raw lanes across clips: what differs between the clips counts, and is not normalized away", () => {
    const dark = clip([10, 11, 12, 13], [0, 0, 0, 0], [1, 0, 0, 0]);
    const bright = clip([40, 41, 42, 43], [0, 0, 0, 0], [1, 0, 0, 0]);
    const { rawLaneAuroc, liveLaneAuroc } = evaluateClips([dark, bright], LANES, mixOf(1), null);
    // Of 12 pairs the dark clip's abnormal frame wins 6, the bright one's its own clip's 3.
    expect(rawLaneAuroc.PSNR?.value).toBe(0.75);
    expect(liveLaneAuroc.PSNR?.value).toBe(0.75);
    expect(rawLaneAuroc.FEATURE_DISTANCE?.reason).toMatch(/the same score/);
  });

  it("smooths live lanes over the past alone, within each clip", () => {
    const distance = [gap, 0, 0, 8, 0, 2];
    const { rawLaneAuroc, liveLaneAuroc } = evaluateClips(
      [clip([gap, 1, 1, 1, 1, 1], distance, [0, 0, 0, 1, 1, 1])],
      LANES,
      mixOf(0.6),
      null,
    );
    // Raw, one abnormal frame of three equals the two normal ones; the mean so far lifts it above them.
    expect(rawLaneAuroc.FEATURE_DISTANCE?.value).toBeCloseTo(5 / 6, 12);
    expect(liveLaneAuroc.FEATURE_DISTANCE?.value).toBe(1);
  });

  it("says why where a figure is unknown, and counts clips of one class", () => {
    const evaluation = evaluateClips(
      [clip([10, 11], [0, 1], [0, 0])],
      LANES,
      mixOf(0.6),
      "too few calibration frames",
    );
    expect(evaluation.oneClassClips).toBe(1);
    for (const figure of [evaluation.frameAuroc, evaluation.macroAuroc, evaluation.events.precision]) {
      expect(figure.value).toBeNull();
      expect(figure.reason).toMatch(/\w/);
    }
    expect(evaluation.abnormalityAuroc).toEqual({ value: null, reason: "too few calibration frames" });
  });

  it("matches events with the intervals of the labels", () => {
    const raised = [
      { startFrame: 1, endFrame: 2 },
      { startFrame: 5, endFrame: 5 },
    ];
    const { events } = evaluateClips(
      [clip([9, 1, 1, 9, 9, 9], [0, 1, 1, 0, 0, 0], [0, 0, 1, 1, 0, 0], { events: raised })],
      LANES,
      mixOf(0.6),
      null,
    );
    expect(events).toMatchObject({ raised: 2, truth: 1, precision: { value: 0.5 }, recall: { value: 1 } });
  });

  it("takes the headline from the protocols, and matches events with the tolerance it states", () => {
    const raised = [{ startFrame: 0, endFrame: 0 }];
    const one = clip([3, 1, 1, 2], [0, 1, 3, 0], [0, 0, 1, 0], { events: raised });
    const other = clip([3, 1, 1, 2], [0, 1, 1, 0], [0, 1, 0, 0], { events: raised });
    const evaluation = evaluateClips([one, other], LANES, mixOf(0.6), null);
    expect(evaluationSchema.parse(evaluation)).toEqual({ ...evaluation, localization: null });
    const { protocols, frameAuroc, macroAuroc, eventFigures, bootstrap } = evaluation;
    expect(protocols[0]?.auroc).toMatchObject(frameAuroc);
    expect(protocols[1]?.auroc).toMatchObject(macroAuroc);
    expect(bootstrap).toMatchObject({ replicates: 1000, level: 0.95 });
    expect(eventFigures).toMatchObject({ toleranceFrames: 10, undetected: 2, f1: { value: 1 } });
    expect(evaluation.events.precision.value).toBe(0);
  });

  it("takes pictures one by one: no folder is normalized, smoothed, or a clip to take a mean over", () => {
    const kind = "IMAGES" as const;
    const good = clip([30, 31, 29], [0, 0, 0], [0, 0, 0], { kind, events: [{ startFrame: 2, endFrame: 2 }] });
    const raised = [
      { startFrame: 0, endFrame: 0 },
      { startFrame: 1, endFrame: 1 },
    ];
    const bad = clip([20, 21, 30.5], [0, 0, 0], [1, 1, 1], { kind, events: raised });
    const evaluation = evaluateClips([good, bad], LANES, mixOf(1), null);
    expect(evaluation).toMatchObject({ kind, scoredFrames: 6, abnormalFrames: 3, oneClassClips: 0 });
    // Of nine pairs the abnormal picture that looks good loses two; min–max over its folder would hide that.
    expect(evaluation.frameAuroc.value).toBeCloseTo(7 / 9, 12);
    expect(evaluation.rawLaneAuroc.PSNR?.value).toBeCloseTo(7 / 9, 12);
    expect([evaluation.laneAuroc, evaluation.liveLaneAuroc]).toEqual([{}, {}]);
    expect(evaluation.macroAuroc.reason).toMatch(/no clips/);
    expect(evaluation.protocols).toHaveLength(1);
    expect(evaluation.protocols[0]).toMatchObject({
      ...{ normalization: "NONE", smoothing: "NONE", unscorable: "LEFT_OUT", averaging: "MICRO", clips: 6 },
    });
    expect(evaluation.protocols[0]!.auroc.interval.low).not.toBeNull();
    expect(evaluation.events).toMatchObject({ raised: 3, truth: 3 });
    expect(evaluation.events.precision.value).toBeCloseTo(2 / 3, 12);
    expect(evaluation.events.recall.value).toBeCloseTo(2 / 3, 12);
    expect(evaluation.eventFigures?.toleranceFrames).toBe(0);
  });
});
