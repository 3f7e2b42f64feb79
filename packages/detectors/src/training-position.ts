// How far a training run has come: what a checkpoint holds, and what a resumed run begins with.
import type { EpochMetrics, TrainingPosition } from "@engram/core";
import type { TensorDataMap } from "@engram/engine";
import { memoryUsage } from "./memory-usage.ts";
import type { ValidationFigures } from "./validation.ts";

/** The outputs of a training step: the whole loss, the pixel loss, and what else the architecture's is made of. */
export type Losses = TrainingPosition["lossSums"];

export interface TrainingCheckpoint {
  readonly state: TensorDataMap;
  readonly position: TrainingPosition;
  /** it ends the best epoch so far, by the monitored figure: to be kept until a better one comes */
  readonly isBest: boolean;
}

/** A checkpoint to go on from. Its state is large: it is read when it is asked for, and kept by nobody else. */
export interface ResumePoint {
  readonly position: TrainingPosition;
  readState(): Promise<TensorDataMap>;
}

export function startPosition(losses: readonly (keyof Losses)[], windowCount: number): TrainingPosition {
  return {
    epoch: 0,
    step: 0,
    lossSums: eachLoss(losses, () => 0),
    elapsedSeconds: 0,
    inputWaitSeconds: 0,
    itemShareSums: [],
    finishedEpochs: [],
    millisecondsPerStep: null,
    windowCount,
  };
}

/** What one step adds to the position. */
export interface StepFigures {
  readonly losses: Losses;
  /** [items]; null where the step tells none */
  readonly itemShares: ArrayLike<number> | null;
  readonly inputWaitSeconds: number;
  readonly elapsedSeconds: number;
  readonly millisecondsPerStep: number | null;
}

export function afterStep(position: TrainingPosition, step: StepFigures): TrainingPosition {
  const { lossSums, itemShareSums } = position;
  const { losses, itemShares, inputWaitSeconds, elapsedSeconds, millisecondsPerStep } = step;
  const names = Object.keys(losses) as (keyof Losses)[];
  return {
    ...position,
    step: position.step + 1,
    lossSums: eachLoss(names, (name) => lossSums[name]! + losses[name]!),
    // A position of an older version has no sums, even in the middle of an epoch.
    itemShareSums: Array.from(itemShares ?? [], (share, item) => (itemShareSums[item] ?? 0) + share),
    inputWaitSeconds: position.inputWaitSeconds + inputWaitSeconds,
    ...{ elapsedSeconds, millisecondsPerStep },
  };
}

/** The figures of the epoch that ends here. `seconds` leaves the validation out. */
export function epochMetrics(
  position: TrainingPosition,
  learningRate: number,
  seconds: number,
  validation: ValidationFigures,
): EpochMetrics {
  const { epoch, step, lossSums, itemShareSums, inputWaitSeconds } = position;
  const names = Object.keys(lossSums) as (keyof Losses)[];
  return {
    ...{ epoch, learningRate },
    ...eachLoss(names, (name) => lossSums[name]! / step),
    ...{ seconds, inputWaitSeconds },
    memory: memoryUsage(itemShareSums),
    ...validation,
  };
}

/** The beginning of the epoch after the one that has the metrics. */
export function nextEpoch(position: TrainingPosition, finished: EpochMetrics): TrainingPosition {
  const names = Object.keys(position.lossSums) as (keyof Losses)[];
  return {
    ...startPosition(names, position.windowCount),
    epoch: position.epoch + 1,
    millisecondsPerStep: position.millisecondsPerStep,
    finishedEpochs: [...position.finishedEpochs, finished],
  };
}

export function eachLoss(names: readonly (keyof Losses)[], value: (name: keyof Losses) => number): Losses {
  const terms = Object.fromEntries(names.map((name) => [name, value(name)]));
  return { loss: value("loss"), pixelLoss: value("pixelLoss"), ...terms };
}
