import type { ClipKind } from "@engram/core";
import type { FrameSource } from "@engram/detectors";
import { describe, expect, it } from "vitest";
import { planTraining, type TrainingClip } from "./clip-ranges.ts";

const WINDOW = 5;
const clip = (name: string, frameCount: number, kind: ClipKind = "VIDEO"): TrainingClip => ({
  ...{ name, frameCount, kind, channels: 1 },
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

  it.each([
    // A tenth is enough, eight windows are more, a quarter is less than those, and of no clip less than one window.
    { frameCount: 400, held: 40 },
    { frameCount: 160, held: 23 },
    { frameCount: 92, held: 23 },
    { frameCount: 80, held: 20 },
    { frameCount: 40, held: 16 },
  ])("holds $held of $frameCount frames out where a window has sixteen", ({ frameCount, held }) => {
    const plan = planTraining([clip("a", frameCount)], [], "HOLD_OUT", 16);
    expect(spans(plan.training)).toEqual([["a", 0, frameCount - held]]);
    expect(spans(plan.calibration)).toEqual([["a", frameCount - held, frameCount]]);
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

  it("holds pictures out that are spread over all, the same in every plan, and at least as many as calibration needs", async () => {
    const folder: TrainingClip = {
      ...{ name: "good", kind: "IMAGES", frameCount: 90, channels: 1 },
      read: async (start, count) => Uint8Array.from({ length: count }, (_, i) => start + i),
    };
    const plan = planTraining([folder], [], "HOLD_OUT", 1);
    const [training, heldOut] = [plan.training[0]!.source, plan.calibration[0]!.source];
    const held = Array.from(await heldOut.read(0, heldOut.frameCount));
    expect(held).toHaveLength(9);
    for (const [stretch, picture] of held.entries()) expect(Math.floor(picture / 10)).toBe(stretch);
    const trained = Array.from(await training.read(0, training.frameCount));
    expect([...trained, ...held].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, i) => i));
    const again = planTraining([folder], [], "HOLD_OUT", 1).calibration[0]!.source;
    expect(Array.from(await again.read(0, 9))).toEqual(held);
    const few = planTraining([clip("good", 28, "IMAGES")], [], "HOLD_OUT", 1);
    expect([few.training, few.calibration].map((ranges) => ranges[0]?.endFrame)).toEqual([20, 8]);
    expect(planTraining([clip("good", 15, "IMAGES")], [], "HOLD_OUT", 1).source).toBe("TRAINING_FRAMES");
  });
});
