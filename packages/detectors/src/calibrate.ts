// What normal frames score: the samples that thresholds and policies are later derived from.
import type { Calibration } from "@engram/core";
import type { ClipRange } from "./frames.ts";
import type { Scorer } from "./score.ts";

export interface CalibrationProgress {
  readonly done: number;
  readonly total: number;
}

export declare function calibrate(
  scorer: Scorer,
  ranges: readonly ClipRange[],
  signal: AbortSignal,
  onProgress: (progress: CalibrationProgress) => void,
): Promise<Omit<Calibration, "source">>;
