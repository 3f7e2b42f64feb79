import { type Device, openDevice } from "@engram/engine";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Detector } from "../detector.ts";
import { openScorer } from "../score.ts";
import { movingSquare, wholeClip } from "../testing/moving-square.ts";
import { tinyDetectorOf } from "../testing/tiny.ts";
import { TrainingWindows } from "../training-windows.ts";

const SMALL = { width: 3, items: 3, shrink: 0.01 };

let device: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu", { threads: 1 });
});
afterAll(() => device.dispose());

async function scores(detector: Detector, frameCount: number, precision: "FP32" | "INT8" = "FP32") {
  const clip = movingSquare({ size: 16, frameCount });
  const normalFrames = [wholeClip(clip)];
  const scorer = await openScorer({
    ...{ detector, device, state: detector.initialState(0), memory: "FROZEN" },
    precision: precision === "FP32" ? { precision } : { precision, normalFrames },
  });
  const results = [];
  for await (const { frameIndex, lanes } of scorer.scoreClip(clip)) results.push({ frameIndex, lanes });
  await scorer.dispose();
  return results;
}

it("gives a window's score to its ninth frame: none to a clip's first eight and last seven", async () => {
  const results = await scores(tinyDetectorOf("MEMAE", SMALL), 19);
  expect(results.map(({ frameIndex }) => frameIndex)).toEqual([8, 9, 10, 11]);
  for (const { lanes } of results) {
    expect(lanes.ABSOLUTE_ERROR).toBeGreaterThan(0);
    expect(lanes.FEATURE_DISTANCE).toBeUndefined();
  }
});

it("trains on a window every so many frames of each clip, and on no frame of the next clip with it", async () => {
  const first = movingSquare({ size: 16, frameCount: 22, seed: 1 });
  const second = movingSquare({ size: 16, frameCount: 17, seed: 2 });
  const asked: string[] = [];
  const told = (source: typeof first, name: string) => ({
    ...source,
    read(start: number, count: number) {
      asked.push(`${name} ${start}–${start + count - 1}`);
      return source.read(start, count);
    },
  });
  const clips = [wholeClip(told(first, "first")), wholeClip(told(second, "second"))];
  const detector = tinyDetectorOf("MEMAE", { ...SMALL, stride: 3, batchSize: 1 });
  const windows = new TrainingWindows(clips, detector);
  expect(windows.count).toBe(4);
  for await (const { target } of windows.epoch(0, 0, 0)) expect(target).toHaveLength(16 * 16);
  expect(asked.sort()).toEqual(["first 0–15", "first 3–18", "first 6–21", "second 0–15"]);
});

it("scores in 8 bits close to what it scores in 32", async () => {
  const detector = tinyDetectorOf("MEMAE", SMALL);
  const [exact, rounded] = [await scores(detector, 18), await scores(detector, 18, "INT8")];
  for (const [index, { lanes }] of exact.entries()) {
    const error = lanes.ABSOLUTE_ERROR!;
    expect(Math.abs(rounded[index]!.lanes.ABSOLUTE_ERROR! - error)).toBeLessThan(0.05 * error);
  }
});
