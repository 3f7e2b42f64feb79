// What MPN's published score is mixed of.
import { openDevice } from "@engram/engine";
import { expect, it } from "vitest";
import { openScorer } from "../score.ts";
import { movingSquare } from "../testing/moving-square.ts";
import { tinyDetectorOf } from "../testing/tiny.ts";

it("gives the feature error in dB as well, as it gives the frame's, and forgets each frame", async () => {
  const detector = tinyDetectorOf("MPN", { prototypes: 3 });
  const device = await openDevice("onnx-cpu", { threads: 1 });
  const scorer = await openScorer({ detector, state: detector.initialState(1), device, memory: "UPDATE" });
  const clip = movingSquare({ size: 16, frameCount: 8 });
  const distances = new Set<number>();
  for await (const { lanes, memoryUpdated } of scorer.scoreClip(clip)) {
    expect(Object.keys(lanes).sort()).toEqual([...detector.lanes].sort());
    expect(lanes.FEATURE_PSNR).toBeCloseTo(-10 * Math.log10(lanes.FEATURE_DISTANCE!), 9);
    expect(memoryUpdated).toBe(false);
    distances.add(lanes.FEATURE_DISTANCE!);
  }
  expect(distances.size).toBe(4);
  await scorer.dispose();
  await device.dispose();
});
