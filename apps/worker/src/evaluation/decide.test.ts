import { expect, it } from "vitest";
import { createDecisionMaker, defaultPolicyRules } from "./decide.ts";

/** MNAD's, where PSNR has λ = 0.6. */
const PUBLISHED = { PSNR: 0.6, FEATURE_DISTANCE: 0.4 };
const normal = Array.from({ length: 200 }, (_, i) => i / 200);
const calibration = {
  source: "CALIBRATION_FRAMES" as const,
  frameCount: 200,
  samples: { PSNR: normal.map((x) => 30 + x), FEATURE_DISTANCE: normal.map((x) => 1 + x) },
  maskThreshold: null,
  backgroundError: null,
};

it("raises an event where frames leave what is normal, and none before a frame is scored", () => {
  const { decide } = createDecisionMaker(defaultPolicyRules(PUBLISHED, calibration.samples), calibration);
  const isAbnormal = (frame: number) => frame >= 20 && frame < 40;
  const frames = Array.from({ length: 60 }, (_, frame) => frame);
  const lanes = {
    PSNR: frames.map((frame) => (frame < 4 ? Number.NaN : isAbnormal(frame) ? 20 : 30.5)),
    FEATURE_DISTANCE: frames.map((frame) => (frame < 4 ? Number.NaN : isAbnormal(frame) ? 9 : 1.5)),
  };
  const decision = decide?.(lanes, "VIDEO");
  expect(decision?.events).toHaveLength(1);
  expect(decision?.events[0]).toMatchObject({ startFrame: 21, endFrame: 38 });
  expect(Number.isNaN(decision?.abnormality[3])).toBe(true);
});

it("raises an event for each picture that reaches the threshold, smoothed and merged with none", () => {
  const { decide } = createDecisionMaker(defaultPolicyRules(PUBLISHED, calibration.samples), calibration);
  const flagged = [3, 4, 9];
  const pictures = Array.from({ length: 12 }, (_, picture) => flagged.includes(picture));
  const lanes = {
    PSNR: pictures.map((isDefective) => (isDefective ? 20 : 30.5)),
    FEATURE_DISTANCE: pictures.map((isDefective) => (isDefective ? 9 : 1.5)),
  };
  const decision = decide!(lanes, "IMAGES");
  expect(
    decision.events.map(({ startFrame, endFrame, peakFrame }) => [startFrame, endFrame, peakFrame]),
  ).toEqual(flagged.map((picture) => [picture, picture, picture]));
  expect(decision.abnormality[2]).toBeLessThan(0.9);
  expect(decision.events[0]?.peakAbnormality).toBe(decision.abnormality[3]);
});

it("lets a trailing policy see nothing of the frames to come", () => {
  const rules = {
    ...defaultPolicyRules(PUBLISHED, calibration.samples),
    smoothingFrames: 5,
    smoothingAlignment: "TRAILING" as const,
  };
  const { decide } = createDecisionMaker(rules, calibration);
  const clipOf = (frames: number) => ({
    PSNR: Array.from({ length: frames }, (_, frame) => (frame < 30 ? 30.5 : 20)),
    FEATURE_DISTANCE: Array.from({ length: frames }, (_, frame) => (frame < 30 ? 1.5 : 9)),
  });
  const whole = decide!(clipOf(60), "VIDEO").abnormality;
  for (const frames of [1, 30, 31, 35]) {
    expect(decide!(clipOf(frames), "VIDEO").abnormality).toEqual(whole.subarray(0, frames));
  }
});

it("mixes the worst region in by half, unless the model was calibrated before there was that lane", () => {
  const samples = { ...calibration.samples, REGION_ERROR: normal };
  const { mix } = defaultPolicyRules(PUBLISHED, samples);
  expect(mix).toEqual({ REGION_ERROR: 0.5, PSNR: 0.3, FEATURE_DISTANCE: 0.2 });
  expect(defaultPolicyRules(PUBLISHED, calibration.samples).mix).toEqual({
    PSNR: 0.6,
    FEATURE_DISTANCE: 0.4,
  });
});

it("takes what is left of the published mix where the model was calibrated before one of its lanes was there", () => {
  const { mix } = defaultPolicyRules({ PSNR: 0.3, ABSOLUTE_ERROR: 0.7 }, calibration.samples);
  expect(mix).toEqual({ PSNR: 1 });
});

it("decides nothing, and names the lane, where a policy mixes one that the model was not calibrated on", () => {
  const rules = { ...defaultPolicyRules(PUBLISHED, calibration.samples), mix: { REGION_ERROR: 1 } };
  expect(createDecisionMaker(rules, calibration)).toMatchObject({
    decide: null,
    reason: expect.stringContaining("REGION_ERROR"),
  });
});

it("decides nothing on too few calibration frames, and says so", () => {
  const few = { ...calibration, samples: { PSNR: [1], FEATURE_DISTANCE: [1] } };
  expect(createDecisionMaker(defaultPolicyRules(PUBLISHED, calibration.samples), few)).toMatchObject({
    decide: null,
    reason: expect.stringContaining("calibration frames"),
  });
});
