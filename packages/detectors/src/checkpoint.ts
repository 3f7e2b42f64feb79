// Checkpoints and model files: safetensors with the detector's description in the header.
import type { TrainingMetrics } from "@engram/core";
import type { TensorDataMap } from "@engram/engine";
import type { Detector } from "./detector.ts";
import type { Losses } from "./train.ts";

/** Where a training run stands. Shuffling is derived from seed and epoch, so there is no generator to store. */
export interface TrainingPosition {
  /** epoch under way, 0-based, and the steps of it that are done */
  readonly epoch: number;
  readonly step: number;
  /** sums of the losses over those steps, in the order of the steps */
  readonly lossSums: Losses;
  readonly elapsedSeconds: number;
  readonly finishedEpochs: TrainingMetrics["epochs"];
  readonly millisecondsPerStep: number | null;
  /** training windows of an epoch: a resumed run must find as many */
  readonly windowCount: number;
}

export interface TrainingCheckpoint {
  readonly state: TensorDataMap;
  readonly position: TrainingPosition;
}

export declare function encodeCheckpoint(detector: Detector, checkpoint: TrainingCheckpoint): Uint8Array;
export declare function decodeCheckpoint(bytes: Uint8Array): {
  readonly detector: Detector;
  readonly checkpoint: TrainingCheckpoint;
};
export declare function encodeModel(detector: Detector, state: TensorDataMap): Uint8Array;
export declare function decodeModel(bytes: Uint8Array): {
  readonly detector: Detector;
  readonly state: TensorDataMap;
};
