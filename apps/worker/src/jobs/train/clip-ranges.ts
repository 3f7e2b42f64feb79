// Which frames of which clips are trained on, and which tell what normal frames score.
import { AppError, type Calibration, type CalibrationMode, type ClipKind } from "@engram/core";
import type { ClipRange, FrameSource } from "@engram/detectors";
import { holdOutPictures } from "./held-out-pictures.ts";

/** Share of each training clip that is held out where the data set has no calibration split. */
const HELD_OUT_SHARE = 0.1;
/** A long window takes most of a tenth to itself: more is held out then, so that there is more than one of it. */
const HELD_OUT_WINDOWS = 8;
/** No clip gives more than this for those windows, but for the first of them. */
const MOST_HELD_OUT = 0.25;

export interface TrainingClip extends FrameSource {
  readonly kind: ClipKind;
}

export interface TrainingPlan {
  readonly training: readonly ClipRange[];
  readonly calibration: readonly ClipRange[];
  readonly source: Calibration["source"];
  /** one sentence each, for the log */
  readonly warnings: readonly string[];
}

/**
 * Ranges of the clips. A calibration split is used whole; else the last frames of each training clip are held out
 * (`heldOutFrames`), where what is left still holds a window; of pictures, a tenth spread over them. With `NONE`, or
 * where nothing can be held out, the same last frames calibrate although they are trained on, and the plan says
 * TRAINING_FRAMES.
 *
 * @throws AppError NO_TRAINING_CLIPS; CLIP_TOO_SHORT where no clip holds a window
 */
export function planTraining(
  trainClips: readonly TrainingClip[],
  calibrationClips: readonly FrameSource[],
  mode: CalibrationMode,
  windowFrames: number,
): TrainingPlan {
  if (trainClips.length === 0) {
    throw new AppError("NO_TRAINING_CLIPS", "The dataset version has no training clip that can be used.");
  }
  const long = trainClips.filter((clip) => clip.frameCount >= windowFrames);
  if (long.length === 0) {
    const longest = Math.max(...trainClips.map((clip) => clip.frameCount));
    throw new AppError(
      "CLIP_TOO_SHORT",
      `Every training clip is too short: the model needs ${windowFrames} consecutive frames, the longest clip has ${longest}.`,
    );
  }
  const warnings = trainClips
    .filter((clip) => clip.frameCount < windowFrames)
    .map(
      (clip) =>
        `Clip "${clip.name}" of ${clip.frameCount} frames is shorter than a window of ${windowFrames}.`,
    );
  const whole = long.map(wholeClip);
  const split = calibrationClips.filter((clip) => clip.frameCount >= windowFrames).map(wholeClip);
  if (mode === "HOLD_OUT" && split.length > 0) {
    return { training: whole, calibration: split, source: "CALIBRATION_FRAMES", warnings };
  }
  const divided = long.map((clip) => divideClip(clip, windowFrames));
  const heldOut = divided.flatMap(({ heldOut: range }) => (range === null ? [] : [range]));
  if (mode === "HOLD_OUT" && heldOut.length > 0) {
    const training = divided.map(({ training: range }) => range);
    return { training, calibration: heldOut, source: "CALIBRATION_FRAMES", warnings };
  }
  const calibration = heldOut.length > 0 ? heldOut : whole;
  return { training: whole, calibration, source: "TRAINING_FRAMES", warnings };
}

function wholeClip(source: FrameSource): ClipRange {
  return { source, firstFrame: 0, endFrame: source.frameCount };
}

function divideClip(
  source: TrainingClip,
  windowFrames: number,
): { training: ClipRange; heldOut: ClipRange | null } {
  if (source.kind === "IMAGES") {
    return holdOutPictures(source, HELD_OUT_SHARE) ?? { training: wholeClip(source), heldOut: null };
  }
  const { frameCount } = source;
  const firstHeld = frameCount - heldOutFrames(frameCount, windowFrames);
  if (firstHeld < windowFrames) return { training: wholeClip(source), heldOut: null };
  return {
    training: { source, firstFrame: 0, endFrame: firstHeld },
    heldOut: { source, firstFrame: firstHeld, endFrame: frameCount },
  };
}

/**
 * A tenth of the clip, but at least what eight windows take, or two windows' length where that is less: up to a
 * quarter of the clip, and never less than one window.
 */
function heldOutFrames(frameCount: number, windowFrames: number): number {
  const enough = Math.min(windowFrames - 1 + HELD_OUT_WINDOWS, 2 * windowFrames);
  return Math.max(
    windowFrames,
    Math.ceil(frameCount * HELD_OUT_SHARE),
    Math.min(enough, Math.floor(frameCount * MOST_HELD_OUT)),
  );
}
