// What must be done to pictures before an exported graph sees them, and how its memory is carried, in words and figures
// that a program elsewhere can follow.
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
      PSNR: `10 * log10(${isOwnPeak ? "max(framePeak^2, 1e-10)" : "1"} / max(predictionError, 1e-10))`,
      ...(lanes.includes("FEATURE_DISTANCE") && { FEATURE_DISTANCE: "featureDistance" }),
      ...(lanes.includes("FEATURE_PSNR") && {
        FEATURE_PSNR: "10 * log10(1 / max(featureDistance, 1e-10))",
      }),
      ...(lanes.includes("ABSOLUTE_ERROR") && { ABSOLUTE_ERROR: "absoluteError" }),
      ...(lanes.includes("REGULAR_SCORE") && { REGULAR_SCORE: "regularScore" }),
    },
  };
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
