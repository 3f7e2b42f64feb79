// What must be done to pictures before an exported graph sees them, and how its memory is carried, in words and figures
// that a program elsewhere can follow.
import type { Hyperparameters } from "@engram/core";
import { ENCODED_NAMES } from "@engram/engine";
import { MEMORY_FILE } from "../checkpoint/files.ts";
import type { Detector } from "../detector.ts";

/** Exported graphs see colours: a grey frame stands for three equal ones, and scores the same. */
export const EXPORT_CHANNELS = 3;

/** The content of `preprocess.json`. */
export function describePreprocessing(detector: Detector) {
  const { hyperparameters, memorySpecs, gate, lanes } = detector;
  const { size } = hyperparameters;
  const isOwnPeak = "psnrPeak" in hyperparameters && hyperparameters.psnrPeak === "FRAME_MAXIMUM";
  return {
    frame: {
      ...{ width: size, height: size, channels: EXPORT_CHANNELS, colourOrder: "RGB" },
      grey: "repeat the grey value in all three channels",
      ...{ dtype: "float32", range: [0, 255] },
      layout: "row-major [1, height, width, channels]",
    },
    resize: {
      method: "bilinear",
      pixelCentres: "half",
      antialias: false,
      input: "uint8, as decoded",
      output: "uint8, rounded to the nearest integer, ties to even",
      rule: "target pixel i samples the source at (i + 0.5) * source / target - 0.5, kept inside the picture, in each direction",
    },
    window: describeWindow(detector),
    memory: {
      file: MEMORY_FILE,
      carry: Object.keys(memorySpecs).map((name) => ({
        tensor: name,
        input: ENCODED_NAMES.state(name),
        output: ENCODED_NAMES.nextState(name),
      })),
      rule: "the first run gets each tensor of the file as its input, every other run the output of the run before; frame by frame in order, and on from clip to clip",
      gate,
      frozen: "a gate of 0 keeps the memory as trained: then frames are independent of their order",
    },
    scores: {
      PREDICTION_ERROR: "predictionError",
      REGION_ERROR: "regionError",
      PEAK_ERROR:
        "peak of errorMap: mean of the largest thousandth (at least one) of its values, each made the mean of its 3 * 3 neighbourhood, cut at the border",
      CORRECTED_ERROR: "peak of max(0, errorMap - t), t as background says",
      PSNR: `10 * log10(${isOwnPeak ? "max(framePeak^2, 1e-10)" : "1"} / max(predictionError, 1e-10))`,
      ...(lanes.includes("FEATURE_DISTANCE") && { FEATURE_DISTANCE: "featureDistance" }),
      ...(lanes.includes("FEATURE_PSNR") && {
        FEATURE_PSNR: "10 * log10(1 / max(featureDistance, 1e-10))",
      }),
      ...(lanes.includes("ABSOLUTE_ERROR") && { ABSOLUTE_ERROR: "absoluteError" }),
      ...(lanes.includes("REGULAR_SCORE") && { REGULAR_SCORE: "regularScore" }),
    },
    background: describeBackground(hyperparameters),
  };
}

function describeBackground({ backgroundMethod: method, backgroundShare: share }: Hyperparameters) {
  switch (method) {
    case "MODE":
      return {
        ...{ method, share },
        edges: "of the 64 bins: 0, then 2^(-10 + 10 * (k - 1) / 63) for k = 1 to 64",
        density:
          "c: pixels of errorMap in each bin. d[0] = c[0] * 1024; d[b] = the pixels of bins max(1, b - 2) to min(63, b + 2) by the width of these together",
        rule: "m = 0 where c[0] is more than half of all pixels, else the first b >= 1 of largest d; b: the first bin after m with d[b] <= share * d[m]; p = b - 1 + (d[b-1] - share * d[m]) / (d[b-1] - d[b]); t = 2^(-10 + 10 * (p - 0.5) / 63), or 1 where there is no such b",
      };
    case "CALIBRATED":
      return { method, rule: "t = backgroundError of calibration.json" };
    default:
      throw method satisfies never;
  }
}

function describeWindow({ windowFrames, scoredFrame }: Detector) {
  const framesBefore = windowFrames - 1;
  if (framesBefore === 0) {
    return { framesBefore, scoredFrame, frames: null, target: "the frame itself; every frame gets a score" };
  }
  const after = framesBefore - scoredFrame;
  const unscored =
    after === 0
      ? "the frame that gets the score; the first frames of a clip, which have too few before them, get none"
      : `the last frame of the window, whose score goes to the frame ${after} before it; frames at either end of a clip, for which there is no whole window, get none`;
  return {
    framesBefore,
    scoredFrame,
    frames: `channel 3 * k + c of "frames" is colour c of the k-th of the ${framesBefore} frames before, the oldest first`,
    target: unscored,
  };
}
