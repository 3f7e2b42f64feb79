// How well a detector in training would score, measured at the end of each epoch on frames that it does not train on.
// It reads the state and touches neither that nor any generator: the trained numbers are the same with and without.
import { AppError, type EpochMetrics, type Normalization, publishedMix } from "@engram/core";
import type { Device, TensorDataMap } from "@engram/engine";
import { pooledAuroc } from "@engram/numerics";
import { correctLanes, drawFrames, learnBackgroundError } from "./calibrate.ts";
import type { Detector } from "./detector.ts";
import type { ClipRange, FrameSource } from "./frames.ts";
import { type LabelledLanes, mixLanes } from "./mix-lanes.ts";
import { openScorer, type Scorer } from "./score.ts";

export interface ValidationClip {
  readonly source: FrameSource;
  /** 1 = abnormal, one a frame */
  readonly labels: Uint8Array;
}

export interface ValidationData {
  /** normal and abnormal frames, for the AUROC; empty where there are none */
  readonly clips: readonly ValidationClip[];
  /**
   * by which extremes the lanes of `clips` are brought to one scale. PER_CLIP is MNAD's protocol; GLOBAL suits clips of
   * one class, as folders of pictures are
   */
  readonly normalization: Normalization;
  /** normal frames that are not trained on, for the loss; empty where there are none */
  readonly calibration: readonly ClipRange[];
}

export type ValidationFigures = Pick<EpochMetrics, "validationAuroc" | "calibrationLoss">;

export const NO_VALIDATION: ValidationData = { clips: [], normalization: "PER_CLIP", calibration: [] };

/** Evenly drawn from more. */
const MAX_CALIBRATION_WINDOWS = 512;
/** A squared error of frames in [0, 1], seen in [-1, 1]. */
const NETWORK_RANGE = 4;

/** Refuses to monitor what cannot be measured, before a training that would stop by it. @throws AppError BAD_INPUT */
export function requireMonitored(detector: Detector, data: ValidationData): void {
  const { monitor } = detector.hyperparameters;
  const refuse = (reason: string) => {
    throw new AppError("BAD_INPUT", `Training cannot monitor ${monitor}: ${reason}.`, {
      field: "hyperparameters.monitor",
    });
  };
  if (monitor === "VALIDATION_AUROC") {
    const has = (label: number) => data.clips.some(({ labels }) => labels.includes(label));
    if (data.clips.length === 0) refuse("the data set has no labelled validation clips");
    if (!(has(0) && has(1))) refuse("the validation clips must hold both normal and abnormal frames");
    if (scoresByLearned(detector) && data.calibration.length === 0) {
      refuse("no normal frames are kept out of training to learn the background error from");
    }
  }
  if (monitor === "CALIBRATION_LOSS" && data.calibration.length === 0) {
    refuse("no normal frames are kept out of training");
  }
}

/**
 * The figures of a state: the frame AUROC where there are labelled clips, the calibration loss where there are none or
 * it is monitored. Frames are scored as they will be, with the memory frozen as it stands.
 *
 * `validationAuroc`: lanes normalized, mixed as published, frames of all clips together (micro); null where that
 * ranks nothing, and where the mix is of corrected errors whose background is learned (`learnBackgroundError`) and there
 * are no calibration frames to learn it from. `calibrationLoss`: mean of the frames' mean squared error, frames in
 * [-1, 1], over all calibration windows or 512 evenly drawn.
 *
 * @throws AppError CANCELED within one frame of the signal
 */
export async function validate(
  detector: Detector,
  device: Device,
  state: TensorDataMap,
  data: ValidationData,
  signal: AbortSignal,
): Promise<ValidationFigures> {
  const isAurocMeasured = data.clips.length > 0;
  const isLossMeasured =
    data.calibration.length > 0 &&
    (!isAurocMeasured || detector.hyperparameters.monitor === "CALIBRATION_LOSS");
  if (!(isAurocMeasured || isLossMeasured)) return { validationAuroc: null, calibrationLoss: null };
  const scorer = await openScorer({ detector, state, device, memory: "FROZEN" });
  try {
    return {
      validationAuroc: isAurocMeasured ? await measureAuroc(scorer, data, signal) : null,
      calibrationLoss: isLossMeasured ? await measureLoss(scorer, data.calibration, signal) : null,
    };
  } finally {
    await scorer.dispose();
  }
}

/** Whether its published score is of errors corrected by a background error that is learned from normal frames. */
function scoresByLearned({ architecture, hyperparameters }: Detector): boolean {
  const mix = publishedMix(architecture, hyperparameters);
  return mix.CORRECTED_ERROR !== undefined && hyperparameters.backgroundMethod === "CALIBRATED";
}

async function measureAuroc(
  scorer: Scorer,
  { clips, normalization, calibration }: ValidationData,
  signal: AbortSignal,
): Promise<number | null> {
  const { architecture, hyperparameters } = scorer.detector;
  const backgroundError = scoresByLearned(scorer.detector)
    ? await learnBackgroundError(scorer, calibration, signal)
    : null;
  const scored: LabelledLanes[] = [];
  for (const clip of clips) scored.push(await scoreLabelled(scorer, clip, backgroundError, signal));
  const weights = publishedMix(architecture, hyperparameters);
  const mixed = mixLanes(scored, { weights, samples: {} }, normalization);
  const series = mixed.scores ?? [];
  return pooledAuroc(series.map((scores, clip) => ({ scores, labels: scored[clip]!.labels }))).value;
}

async function scoreLabelled(
  scorer: Scorer,
  { source, labels }: ValidationClip,
  backgroundError: number | null,
  signal: AbortSignal,
): Promise<LabelledLanes> {
  const { size } = scorer.detector.hyperparameters;
  const gaps = () => new Float32Array(source.frameCount).fill(Number.NaN);
  const lanes = Object.fromEntries(scorer.detector.lanes.map((lane) => [lane, gaps()]));
  for await (const frame of scorer.scoreClip(source, undefined, signal)) {
    const values = correctLanes(frame, size, backgroundError);
    for (const lane of scorer.detector.lanes) lanes[lane]![frame.frameIndex] = values[lane] ?? Number.NaN;
  }
  return { lanes, labels };
}

/** null where no range holds a whole window. */
async function measureLoss(
  scorer: Scorer,
  ranges: readonly ClipRange[],
  signal: AbortSignal,
): Promise<number | null> {
  let [sum, frames] = [0, 0];
  for await (const { lanes } of drawFrames(scorer, ranges, MAX_CALIBRATION_WINDOWS, signal)) {
    sum += lanes.PREDICTION_ERROR;
    frames++;
  }
  return frames === 0 ? null : (NETWORK_RANGE * sum) / frames;
}
