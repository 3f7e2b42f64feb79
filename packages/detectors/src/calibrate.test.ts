import { AppError, backgroundRule, type Lane, laneSchema } from "@engram/core";
import { describe, expect, it } from "vitest";
import { calibrate } from "./calibrate.ts";
import { measureErrors, peakError } from "./error-map.ts";
import type { FrameSource } from "./frames.ts";
import type { Scorer } from "./score.ts";
import { tinyDetector } from "./testing/tiny.ts";

const signal = new AbortController().signal;

function source(name: string, frameCount: number): FrameSource {
  return { name, frameCount, channels: 1, read: async () => new Uint8Array() };
}

/** Frame k of clip c scores 1000·c + k, on a map whose one bright pixel smooths to that / 1e6. */
function countingScorer(detector = tinyDetector()): Scorer {
  const rule = backgroundRule(detector.hyperparameters, null);
  return {
    detector,
    async *scoreClip(clip, range = { firstFrame: 0, endFrame: clip.frameCount }) {
      for (let frameIndex = range.firstFrame + 4; frameIndex < range.endFrame; frameIndex++) {
        const value = 1000 * Number(clip.name) + frameIndex;
        const all = laneSchema.options.map((lane) => [lane, value]);
        const { CORRECTED_ERROR, ...others } = Object.fromEntries(all) as Record<Lane, number>;
        const lanes = rule === null ? others : { ...others, CORRECTED_ERROR };
        const errorMap = new Float32Array(256);
        errorMap[100] = (9 * value) / 1e6;
        const { histogram, corrected } = measureErrors(errorMap, 16, rule);
        yield { frameIndex, lanes, errorMap, histogram, corrected, memoryUpdated: false };
      }
    },
    readMemory: async () => ({}),
    dispose: async () => {},
  };
}

const range = (clip: FrameSource, firstFrame = 0, endFrame = clip.frameCount) => ({
  source: clip,
  firstFrame,
  endFrame,
});

describe("calibration", () => {
  it("samples every frame of the ranges that has a window, the same frame at the same index in each lane", async () => {
    const done: number[] = [];
    const ranges = [range(source("1", 10), 2, 9), range(source("2", 3)), range(source("3", 6))];
    const result = await calibrate(countingScorer(), ranges, signal, (at) => done.push(at.done / at.total));
    const expected = [1006, 1007, 1008, 3004, 3005];
    expect(result.frameCount).toBe(5);
    for (const lane of tinyDetector().lanes) expect(result.samples[lane]).toEqual(expected);
    expect(done).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  });

  it("puts the mask threshold where one normal frame in twenty has a peak above it", async () => {
    const { maskThreshold } = await calibrate(countingScorer(), [range(source("0", 105))], signal, () => {});
    // 101 frames, 4 to 104: the 0.95 quantile is the 96th, frame 99.
    expect(maskThreshold).toBeCloseTo(99 / 1e6, 9);
  });

  it("draws 4096 evenly from more", async () => {
    const ranges = [range(source("0", 5004)), range(source("10", 5004))];
    const { frameCount, samples } = await calibrate(countingScorer(), ranges, signal, () => {});
    expect(frameCount).toBe(10_000);
    const drawn = samples.PSNR!;
    expect(drawn).toHaveLength(4096);
    const order = drawn.map((value) => (value >= 10_004 ? value - 10_004 + 5000 : value - 4));
    const gaps = order.slice(1).map((value, i) => value - order[i]!);
    expect(Math.min(...gaps)).toBe(2);
    expect(Math.max(...gaps)).toBe(3);
    expect(order.at(-1)! + order[0]!).toBeGreaterThan(9995);
  });

  it("learns the background error of a detector that asks for it, and corrects its samples by it", async () => {
    const detector = tinyDetector({ backgroundMethod: "CALIBRATED", backgroundQuantile: 0.9962 });
    const done: number[] = [];
    const ranges = [range(source("10", 24))];
    const calibration = await calibrate(countingScorer(detector), ranges, signal, (at) =>
      done.push(at.done / at.total),
    );
    // One pixel of each frame's 256 has an error, all in the bin from 0.0889 on.
    const { backgroundError, samples } = calibration;
    expect(backgroundError).toBeGreaterThan(0.0889);
    expect(backgroundError).toBeLessThan(0.09);
    const errorMap = new Float32Array(256);
    errorMap[100] = Math.max(0, (9 * 10_023) / 1e6 - backgroundError!);
    expect(samples.CORRECTED_ERROR!.at(-1)).toBeCloseTo(peakError(errorMap, 16), 8);
    expect(samples.PEAK_ERROR!.at(-1)).toBe(10_023);
    expect(done.at(0)).toBe(1 / 40);
    expect(done.at(-1)).toBe(1);
  });

  it("learns no background error where each frame tells its own", async () => {
    const calibration = await calibrate(countingScorer(), [range(source("1", 9))], signal, () => {});
    expect(calibration.backgroundError).toBeNull();
  });

  it("refuses ranges without a whole window", async () => {
    const short = calibrate(countingScorer(), [range(source("1", 4))], signal, () => {});
    await expect(short).rejects.toMatchObject({ code: "CLIP_TOO_SHORT" });
    await expect(short).rejects.toBeInstanceOf(AppError);
  });
});
