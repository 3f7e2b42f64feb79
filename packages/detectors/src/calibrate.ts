// What normal frames score: the samples that thresholds and policies are later derived from.
import { AppError, type Calibration, HISTOGRAM_BINS, type Lane } from "@engram/core";
import { correctErrorMap, histogramQuantile, quantile } from "@engram/numerics";
import { drawRanges } from "./draw-ranges.ts";
import { peakError, smoothErrorMap } from "./error-map.ts";
import { type ClipRange, windowCount } from "./frames.ts";
import type { FrameLanes, FrameResult, Scorer } from "./score.ts";

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
 * can be scored, of which `samples` holds at most 4096. A detector that learns its background error has it learned
 * beforehand (`learnBackgroundError`).
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
  const { backgroundMethod, size } = detector.hyperparameters;
  const backgroundFrames =
    backgroundMethod === "CALIBRATED" ? Math.min(frameCount, MAX_BACKGROUND_FRAMES) : 0;
  const sampled = Math.min(frameCount, MAX_SAMPLES);
  let done = 0;
  const step = () => onProgress({ done: ++done, total: backgroundFrames + sampled });
  const backgroundError = await learnBackgroundError(scorer, ranges, signal, step);
  const samples = Object.fromEntries(detector.lanes.map((lane) => [lane, [] as number[]]));
  const peaks: number[] = [];
  for await (const frame of drawFrames(scorer, ranges, sampled, signal)) {
    const lanes = correctLanes(frame, size, backgroundError);
    for (const lane of detector.lanes) samples[lane]!.push(lanes[lane]!);
    peaks.push(largestOf(smoothErrorMap(frame.errorMap, size)));
    step();
  }
  return {
    frameCount,
    samples: samples as Partial<Record<Lane, number[]>>,
    maskThreshold: quantile(peaks, CLEAN_FRAMES).value,
    backgroundError,
  };
}

/**
 * The background error of a detector that learns it: the `backgroundQuantile` of all pixel errors of normal frames (of
 * the sum of their histograms, `histogramQuantile`), of 256 evenly drawn where there are more.
 *
 * @param onFrame after each of them
 * @returns null where the detector learns none, or no range holds a whole window
 */
export async function learnBackgroundError(
  scorer: Scorer,
  ranges: readonly ClipRange[],
  signal: AbortSignal,
  onFrame: () => void = () => {},
): Promise<number | null> {
  const { backgroundMethod, backgroundQuantile } = scorer.detector.hyperparameters;
  if (backgroundMethod !== "CALIBRATED") return null;
  const sum = new Float64Array(HISTOGRAM_BINS);
  let frames = 0;
  for await (const { histogram } of drawFrames(scorer, ranges, MAX_BACKGROUND_FRAMES, signal)) {
    histogram.forEach((count, bin) => {
      sum[bin]! += count;
    });
    frames++;
    onFrame();
  }
  return frames === 0 ? null : histogramQuantile(sum, backgroundQuantile);
}

/** The lanes of a frame, corrected by a background error not known yet when it was scored; null: as they are. */
export function correctLanes(
  { lanes, errorMap }: FrameResult,
  size: number,
  backgroundError: number | null,
): FrameLanes {
  if (backgroundError === null) return lanes;
  return { ...lanes, CORRECTED_ERROR: peakError(correctErrorMap(errorMap, backgroundError), size) };
}

/** All frames of the ranges that can be scored, or `most` evenly drawn from more. */
export async function* drawFrames(
  scorer: Scorer,
  ranges: readonly ClipRange[],
  most: number,
  signal: AbortSignal,
): AsyncGenerator<FrameResult> {
  for (const range of drawRanges(ranges, most, scorer.detector.windowFrames)) {
    yield* scorer.scoreClip(range.source, range, signal);
  }
}

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
