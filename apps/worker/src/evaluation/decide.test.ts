import { expect, it } from "vitest";
import { createDecisionMaker, defaultPolicyRules } from "./decide.ts";

const normal = Array.from({ length: 200 }, (_, i) => i / 200);
const calibration = {
  source: "CALIBRATION_FRAMES" as const,
  frameCount: 200,
  samples: { PSNR: normal.map((x) => 30 + x), FEATURE_DISTANCE: normal.map((x) => 1 + x) },
  maskThreshold: null,
};

it("raises an event where frames leave what is normal, and none before a frame is scored", () => {
  const { decide } = createDecisionMaker(defaultPolicyRules(0.6), calibration);
  const isAbnormal = (frame: number) => frame >= 20 && frame < 40;
  const frames = Array.from({ length: 60 }, (_, frame) => frame);
  const lanes = {
    PSNR: frames.map((frame) => (frame < 4 ? Number.NaN : isAbnormal(frame) ? 20 : 30.5)),
    FEATURE_DISTANCE: frames.map((frame) => (frame < 4 ? Number.NaN : isAbnormal(frame) ? 9 : 1.5)),
  };
  const decision = decide?.(lanes);
  expect(decision?.events).toHaveLength(1);
  expect(decision?.events[0]).toMatchObject({ startFrame: 21, endFrame: 38 });
  expect(Number.isNaN(decision?.abnormality[3])).toBe(true);
});

it("decides nothing on too few calibration frames, and says so", () => {
  const few = { ...calibration, samples: { PSNR: [1], FEATURE_DISTANCE: [1] } };
  expect(createDecisionMaker(defaultPolicyRules(0.6), few)).toMatchObject({
    decide: null,
    reason: expect.stringContaining("calibration frames"),
  });
});
