import type { FrameSource } from "@engram/detectors";
import { describe, expect, it } from "vitest";
import { planTraining } from "./clip-ranges.ts";

const WINDOW = 5;
const clip = (name: string, frameCount: number): FrameSource => ({
  ...{ name, frameCount, channels: 1 },
  read: () => Promise.reject(new Error("a plan reads no frames")),
});
const spans = (ranges: readonly { source: FrameSource; firstFrame: number; endFrame: number }[]) =>
  ranges.map(({ source, firstFrame, endFrame }) => [source.name, firstFrame, endFrame]);

describe("planTraining", () => {
  it("holds out the last tenth of each training clip, never trained on", () => {
    const plan = planTraining([clip("a", 100), clip("b", 205)], [], "HOLD_OUT", WINDOW);
    expect(spans(plan.training)).toEqual([
      ["a", 0, 90],
      ["b", 0, 184],
    ]);
    expect(spans(plan.calibration)).toEqual([
      ["a", 90, 100],
      ["b", 184, 205],
    ]);
    expect(plan.source).toBe("CALIBRATION_FRAMES");
  });

  it("holds out at least a window where a tenth is less, and nothing of a clip that would keep none", () => {
    const plan = planTraining([clip("a", 20), clip("b", 9)], [], "HOLD_OUT", WINDOW);
    expect(spans(plan.training)).toEqual([
      ["a", 0, 15],
      ["b", 0, 9],
    ]);
    expect(spans(plan.calibration)).toEqual([["a", 15, 20]]);
  });

  it("takes the calibration split whole where there is one", () => {
    const plan = planTraining([clip("a", 100)], [clip("c", 30), clip("short", 3)], "HOLD_OUT", WINDOW);
    expect(spans(plan.training)).toEqual([["a", 0, 100]]);
    expect(spans(plan.calibration)).toEqual([["c", 0, 30]]);
  });

  it("says TRAINING_FRAMES where the calibration frames were trained on", () => {
    for (const plan of [
      planTraining([clip("a", 100)], [], "NONE", WINDOW),
      planTraining([clip("a", 8)], [], "HOLD_OUT", WINDOW),
    ]) {
      expect(plan.source).toBe("TRAINING_FRAMES");
      expect(plan.calibration.length).toBeGreaterThan(0);
      expect(plan.training[0]?.endFrame).toBe(plan.training[0]?.source.frameCount);
    }
  });

  it("leaves short clips out with a warning, and refuses where nothing is left", () => {
    const plan = planTraining([clip("a", 100), clip("tiny", 4)], [], "HOLD_OUT", WINDOW);
    expect(plan.warnings).toEqual([expect.stringContaining('"tiny" of 4 frames')]);
    expect(() => planTraining([clip("tiny", 4)], [], "HOLD_OUT", WINDOW)).toThrow(
      expect.objectContaining({ code: "CLIP_TOO_SHORT" }),
    );
    expect(() => planTraining([], [], "HOLD_OUT", WINDOW)).toThrow(
      expect.objectContaining({ code: "NO_TRAINING_CLIPS" }),
    );
  });
});
