// What normal frames score: the samples that thresholds and policies are later derived from.
import { AppError, type Calibration, type Lane } from "@engram/core";
import { quantile } from "@engram/numerics";
import { drawRanges } from "./draw-ranges.ts";
import { smoothErrorMap } from "./error-map.ts";
import { type ClipRange, windowCount } from "./frames.ts";
import type { Scorer } from "./score.ts";

export interface CalibrationProgress {
  readonly done: number;
  readonly total: number;
}

const MAX_SAMPLES = 4096;
/** Share of the calibration frames that have no pixel above the mask threshold. */
const CLEAN_FRAMES = 0.95;

/**
 * Scores normal frames: all of them, or 4096 evenly drawn from more.
 *
 * `maskThreshold` is the 0.95 quantile, over those frames, of the largest value of the smoothed error map
 * (`smoothErrorMap`): one normal frame in twenty has a mask at all. `frameCount` counts the frames of the ranges that
 * can be scored, of which `samples` holds at most 4096.
 *
 * @param scorer with a frozen memory, so that frames are independent of each other and of their order
 * @throws AppError CLIP_TOO_SHORT where no range holds a whole window; CANCELED within one frame of the signal
 */
export async function calibrate(
  scorer: Scorer,
  ranges: readonly ClipRange[],
  signal: AbortSignal,
  onProgress: (progress: CalibrationProgress) => void,
): Promise<Omit<Calibration, "source">> {
  const { detector } = scorer;
  const counts = ranges.map((range) => windowCount(range, detector.windowFrames));
  const frameCount = counts.reduce((sum, count) => sum + count, 0);
  if (frameCount === 0) {
    throw new AppError(
      "CLIP_TOO_SHORT",
      `No calibration frame can be scored: no clip holds ${detector.windowFrames} frames to calibrate on.`,
    );
  }
  const total = Math.min(frameCount, MAX_SAMPLES);
  const samples = Object.fromEntries(detector.lanes.map((lane) => [lane, [] as number[]]));
  const peaks: number[] = [];
  for (const range of drawRanges(ranges, counts, total, detector.windowFrames)) {
    for await (const { lanes, errorMap } of scorer.scoreClip(range.source, range, signal)) {
      for (const lane of detector.lanes) samples[lane]!.push(lanes[lane]!);
      peaks.push(peak(smoothErrorMap(errorMap, detector.hyperparameters.size)));
      onProgress({ done: peaks.length, total });
    }
  }
  return {
    frameCount,
    samples: samples as Partial<Record<Lane, number[]>>,
    maskThreshold: quantile(peaks, CLEAN_FRAMES).value,
  };
}

function peak(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
