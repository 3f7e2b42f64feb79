// The training loop.
import type { TrainingMetrics } from "@engram/core";
import type { Device, TensorDataMap } from "@engram/engine";
import type { TrainingCheckpoint } from "./checkpoint.ts";
import type { Detector } from "./detector.ts";
import type { ClipRange } from "./frames.ts";

export interface TrainingProgress {
  /** 0-based */
  readonly epoch: number;
  readonly epochs: number;
  /** steps of this epoch that are done */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  /** of the step just done: loss, pixelLoss, compactness, separateness */
  readonly losses: Readonly<Record<string, number>>;
  /** median so far, the first step (which compiles) left out */
  readonly millisecondsPerStep: number | null;
}

export interface TrainingOptions {
  readonly detector: Detector;
  readonly device: Device;
  readonly clips: readonly ClipRange[];
  readonly signal: AbortSignal;
  readonly resumeFrom: TrainingCheckpoint | null;
  onProgress(progress: TrainingProgress): void;
  onCheckpoint(checkpoint: TrainingCheckpoint): Promise<void>;
  /** a monotonic clock in ms */
  readonly clock?: () => number;
}

export interface TrainingResult {
  readonly state: TensorDataMap;
  readonly metrics: TrainingMetrics;
}

export declare function trainDetector(options: TrainingOptions): Promise<TrainingResult>;
