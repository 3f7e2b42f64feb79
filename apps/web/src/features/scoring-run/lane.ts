// How a lane is called and read.
import type { Lane } from "@engram/sdk";
import { formatScore, formatSignificant, UNKNOWN } from "../../lib/format.ts";

export const LANE_NAME: Readonly<Record<Lane, string>> = {
  ABNORMALITY: "Abnormality",
  PREDICTION_ERROR: "Prediction error",
  REGION_ERROR: "Region error",
  PEAK_ERROR: "Peak error",
  CORRECTED_ERROR: "Corrected error",
  PSNR: "PSNR",
  FEATURE_DISTANCE: "Feature distance",
  FEATURE_PSNR: "Feature PSNR",
  REGULAR_SCORE: "Regular score",
  ABSOLUTE_ERROR: "Absolute error",
};

/** What a value of the lane speaks for. */
export const LANE_MEANING: Readonly<Record<Lane, string>> = {
  ABNORMALITY: "0 is as normal as the calibration frames, 1 is abnormal",
  PREDICTION_ERROR: "mean squared error of the predicted frame; higher is more abnormal",
  REGION_ERROR:
    "mean absolute error of the worst region, a twelfth of the frame wide; higher is more abnormal",
  PEAK_ERROR: "mean of the largest thousandth of the pixel errors; higher is more abnormal",
  CORRECTED_ERROR: "the same without the background's part of each error; higher is more abnormal",
  PSNR: "peak signal-to-noise ratio of the predicted frame; lower is more abnormal",
  FEATURE_DISTANCE: "distance of the features to the nearest memory item; higher is more abnormal",
  FEATURE_PSNR: "peak signal-to-noise ratio of the features against their prototypes; lower is more abnormal",
  REGULAR_SCORE: "decides whether a frame may update the memory; higher is more abnormal",
  ABSOLUTE_ERROR: "mean absolute error of the frames around this one; higher is more abnormal",
};

export function formatLane(lane: Lane, value: number | null | undefined): string {
  if (value == null) return UNKNOWN;
  switch (lane) {
    case "ABNORMALITY":
      return formatScore(value);
    case "PSNR":
    case "FEATURE_PSNR":
      return `${value.toFixed(2)} dB`;
    case "PREDICTION_ERROR":
    case "REGION_ERROR":
    case "PEAK_ERROR":
    case "CORRECTED_ERROR":
    case "FEATURE_DISTANCE":
    case "REGULAR_SCORE":
    case "ABSOLUTE_ERROR":
      return formatSignificant(value);
    default:
      throw lane satisfies never;
  }
}
