// What normal frames score: the samples that thresholds and policies are later derived from.
import { AppError, type Calibration, HISTOGRAM_BINS, type Lane } from "@engram/core";
import { correctErrorMap, histogramQuantile, quantile } from "@engram/numerics";
import { drawRanges } from "./draw-ranges.ts";
import { peakError, smoothErrorMap } from "./error-map.ts";
import { type ClipRange, windowCount } from "./frames.ts";
import type { FrameResult, Scorer } from "./score.ts";

export interface CalibrationProgress {
  readonly done: number;
  readonly total: number;
}

const MAX_SAMPLES = 4096;
/** Share of the calibration frames that have no pixel above the mask threshold. */
const CLEAN_FRAMES = 0.95;
/** Frames that a background error is learned from: their pixels are millions. */
const MAX_BACKGROUND_FRAMES = 256;

/**
 * Scores normal frames: all of them, or 4096 evenly drawn from more.
 *
 * `maskThreshold` is the 0.95 quantile, over those frames, of the largest value of the smoothed error map
 * (`smoothErrorMap`): one normal frame in twenty has a mask at all. `frameCount` counts the frames of the ranges that
 * can be scored, of which `samples` holds at most 4096. Where the detector's `backgroundMethod` is CALIBRATED, up to
 * 256 of them, evenly drawn, are scored beforehand: `backgroundError` is the `backgroundQuantile` of all their pixel
 * errors (`histogramQuantile` of the sum of their histograms).
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
  const draw = (total: number) => drawFrames(scorer, ranges, counts, total, signal);
  const { backgroundMethod, backgroundQuantile, size } = detector.hyperparameters;
  const backgroundFrames =
    backgroundMethod === "CALIBRATED" ? Math.min(frameCount, MAX_BACKGROUND_FRAMES) : 0;
  const sampled = Math.min(frameCount, MAX_SAMPLES);
  let done = 0;
  const step = () => onProgress({ done: ++done, total: backgroundFrames + sampled });
  const backgroundError =
    backgroundFrames === 0 ? null : await learnBackground(draw(backgroundFrames), backgroundQuantile, step);
  const samples = Object.fromEntries(detector.lanes.map((lane) => [lane, [] as number[]]));
  const peaks: number[] = [];
  for await (const { lanes, errorMap } of draw(sampled)) {
    const corrected = backgroundError !== null && {
      CORRECTED_ERROR: peakError(correctErrorMap(errorMap, backgroundError), size),
    };
    const values: FrameResult["lanes"] = { ...lanes, ...corrected };
    for (const lane of detector.lanes) samples[lane]!.push(values[lane]!);
    peaks.push(largestOf(smoothErrorMap(errorMap, size)));
    step();
  }
  return {
    frameCount,
    samples: samples as Partial<Record<Lane, number[]>>,
    maskThreshold: quantile(peaks, CLEAN_FRAMES).value,
    backgroundError,
  };
}

async function* drawFrames(
  scorer: Scorer,
  ranges: readonly ClipRange[],
  counts: readonly number[],
  total: number,
  signal: AbortSignal,
): AsyncGenerator<FrameResult> {
  for (const range of drawRanges(ranges, counts, total, scorer.detector.windowFrames)) {
    yield* scorer.scoreClip(range.source, range, signal);
  }
}

async function learnBackground(
  frames: AsyncIterable<FrameResult>,
  share: number,
  step: () => void,
): Promise<number> {
  const sum = new Float64Array(HISTOGRAM_BINS);
  for await (const { histogram } of frames) {
    histogram.forEach((count, bin) => {
      sum[bin]! += count;
    });
    step();
  }
  return histogramQuantile(sum, share);
}

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
