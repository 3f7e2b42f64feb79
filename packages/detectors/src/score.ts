// Scoring: frame by frame, in order, the memory carried from frame to frame and from clip to clip.
import type { Lane } from "@engram/core";
import type { Device, TensorDataMap } from "@engram/engine";
import type { Detector } from "./detector.ts";
import type { FrameSource } from "./frames.ts";

export interface FrameResult {
  readonly frameIndex: number;
  /** PREDICTION_ERROR: mse of frames in [0, 1]; PSNR in dB; FEATURE_DISTANCE; REGULAR_SCORE */
  readonly lanes: Readonly<Partial<Record<Lane, number>>>;
  /** float32 [size·size], absolute error, mean over channels, frames in [0, 1] */
  readonly errorMap: Float32Array;
  readonly memoryUpdated: boolean;
}

export interface Scorer {
  readonly detector: Detector;
  /** the frames of the range (or clip) that have a whole window inside it, in order */
  scoreClip(
    source: FrameSource,
    range?: { readonly firstFrame: number; readonly endFrame: number },
    signal?: AbortSignal,
  ): AsyncGenerator<FrameResult>;
  readMemory(): Promise<TensorDataMap>;
  dispose(): Promise<void>;
}

export interface ScorerOptions {
  readonly detector: Detector;
  readonly state: TensorDataMap;
  readonly device: Device;
  /** UPDATE: the published test-time update. FROZEN: the memory stays as trained, frames are independent */
  readonly memory: "UPDATE" | "FROZEN";
}

export declare function openScorer(options: ScorerOptions): Promise<Scorer>;
