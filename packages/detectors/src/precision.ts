// Scoring in 8 bits: which normal frames tell the ranges of its activations.
import type { Device, StepInputs } from "@engram/engine";
import { type Channels, type Detector, gateScalar } from "./detector.ts";
import { drawRanges } from "./draw-ranges.ts";
import { type ClipRange, emptyBatch, placeWindow, readFrames } from "./frames.ts";

/**
 * INT8: convolutions in 8 bits, for the ranges that activations take over windows drawn from `normalFrames`. Lanes move
 * a little against FP32, in which models are calibrated; docs/engine.md says by how much. The same frames give the same
 * numbers, so an interrupted run goes on as it was.
 */
export type ScoringPrecision =
  | { readonly precision: "FP32" }
  | { readonly precision: "INT8"; readonly normalFrames: readonly ClipRange[] };

const CALIBRATION_WINDOWS = 32;
/** The memory stays as it is. */
const CLOSED_GATE = 0;

/** What a device compiles the scoring step with. */
export function compileOptionsOf(
  detector: Detector,
  channels: Channels,
  scoring: ScoringPrecision,
): Parameters<Device["compile"]>[2] {
  if (scoring.precision === "FP32") return scoring;
  return { precision: "INT8", calibration: drawWindows(detector, channels, scoring.normalFrames) };
}

/** 32 windows, evenly drawn, one by one. For a grey program the first colour of a colour clip stands for all. */
async function* drawWindows(
  detector: Detector,
  channels: Channels,
  ranges: readonly ClipRange[],
): AsyncGenerator<StepInputs, void, void> {
  const { windowFrames } = detector;
  const { size } = detector.hyperparameters;
  const shape = { size, channels, windowFrames };
  for (const { source, firstFrame, endFrame } of drawRanges(ranges, CALIBRATION_WINDOWS, windowFrames)) {
    for (let start = firstFrame; start + windowFrames <= endFrame; start++) {
      const pixels = await readFrames(source, start, windowFrames, size);
      const batch = emptyBatch(1, shape);
      placeWindow(batch, 0, pixels, source.channels, shape);
      yield { batch: { ...batch }, scalars: gateScalar(detector, CLOSED_GATE) };
    }
  }
}
