// What must be done to pictures before an exported graph sees them, and how its memory is carried, in words and figures
// that a program elsewhere can follow.
import { ENCODED_NAMES } from "@engram/engine";
import { MEMORY_FILE } from "../checkpoint/files.ts";
import type { Detector } from "../detector.ts";

/** Exported graphs see colours: a grey frame stands for three equal ones, and scores the same. */
export const EXPORT_CHANNELS = 3;

/** The content of `preprocess.json`. */
export function describePreprocessing({ hyperparameters, windowFrames, memorySpecs, gate, lanes }: Detector) {
  const { size } = hyperparameters;
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
    window: describeWindow(windowFrames - 1),
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
      PSNR: "10 * log10(1 / max(predictionError, 1e-10))",
      FEATURE_DISTANCE: "featureDistance",
      ...(lanes.includes("REGULAR_SCORE") && { REGULAR_SCORE: "regularScore" }),
    },
  };
}

function describeWindow(framesBefore: number) {
  if (framesBefore === 0)
    return { framesBefore, frames: null, target: "the frame itself; every frame gets a score" };
  return {
    framesBefore,
    frames: `channel 3 * k + c of "frames" is colour c of the k-th of the ${framesBefore} frames before, the oldest first`,
    target: "the frame itself; the first frames of a clip, which have too few before them, get no score",
  };
}
