// How far a training run has come: what a checkpoint holds, and what a resumed run begins with.
import type { TrainingPosition } from "@engram/core";
import type { TensorDataMap } from "@engram/engine";

/** The outputs of a training step: the whole loss, the pixel loss, and what else the architecture's is made of. */
export type Losses = TrainingPosition["lossSums"];

export interface TrainingCheckpoint {
  readonly state: TensorDataMap;
  readonly position: TrainingPosition;
}

/** A checkpoint to go on from. Its state is large: it is read when it is asked for, and kept by nobody else. */
export interface ResumePoint {
  readonly position: TrainingPosition;
  readState(): Promise<TensorDataMap>;
}
