import type { DatasetVersionState, Split } from "@engram/sdk";
import type { Tone } from "../../components/Badge.tsx";

export const DATASET_VERSION_STATE_TONE: Readonly<Record<DatasetVersionState, Tone>> = {
  IMPORTING: "active",
  READY: "ok",
  FAILED: "alarm",
};

export const SPLIT_NAME: Readonly<Record<Split, string>> = {
  TRAIN: "Training",
  CALIBRATION: "Calibration",
  VALIDATION: "Validation",
  TEST: "Test",
};

/** Frames inside of intervals whose ends are both inclusive; null where there are no labels. */
export function abnormalFrames(
  groundTruth: readonly { readonly startFrame: number; readonly endFrame: number }[] | null | undefined,
): number | null {
  if (!groundTruth) return null;
  return groundTruth.reduce((sum, { startFrame, endFrame }) => sum + endFrame - startFrame + 1, 0);
}
