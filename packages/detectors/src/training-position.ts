// How far a training run has come: what a checkpoint holds, and what a resumed run begins with.
import type { TrainingMetrics } from "@engram/core";
import type { TensorDataMap } from "@engram/engine";

/** The outputs of a training step. */
export const LOSSES = ["loss", "pixelLoss", "compactness", "separateness"] as const;
export type Losses = Readonly<Record<(typeof LOSSES)[number], number>>;

/** Where a training run stands. Shuffling follows from seed and epoch, so there is no generator to store. */
export interface TrainingPosition {
  /** epoch under way, 0-based, and the steps of it that are done */
  readonly epoch: number;
  readonly step: number;
  /** sums of the losses over those steps */
  readonly lossSums: Losses;
  /** spent in this epoch */
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
