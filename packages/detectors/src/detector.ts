// What the platform needs of any architecture: its state, its two steps, and how many frames each step looks at.
import type { Hyperparameters, Lane, LossTerm, TrainableArchitecture } from "@engram/core";
import type { Step, TensorDataMap, TensorSpec } from "@engram/engine";

/** Channels of the frames as they are stored: 1 grey, 3 RGB. A grey frame stands for three equal channels. */
export type Channels = 1 | 3;

export interface Detector {
  readonly architecture: TrainableArchitecture;
  readonly hyperparameters: Hyperparameters;
  /** consecutive frames of a window, of which one alone gets a score */
  readonly windowFrames: number;
  /** which one, 0 the oldest: the last for predictors, one in the middle where a whole window is rebuilt */
  readonly scoredFrame: number;
  /** frames from the start of a training window to that of the clip's next */
  readonly trainingStride: number;
  /** the raw components a scored frame has */
  readonly lanes: readonly Lane[];
  /** trained numbers: without statistics, Adam's moments and memory items */
  readonly parameterCount: number;
  /** terms of the loss beside the pixel loss, outputs of the training step as that is */
  readonly losses: readonly LossTerm[];
  /** the scalar `gate` that the published test-time update is scored with; null where the scoring step has none */
  readonly gate: number | null;
  /** names and shapes of what scoring needs: weights, statistics and memory */
  readonly modelSpecs: Readonly<Record<string, TensorSpec>>;
  /** the part of `modelSpecs` that scoring may change: the state of the scoring step */
  readonly memorySpecs: Readonly<Record<string, TensorSpec>>;
  /** of each epoch, 0-based */
  learningRateOf(epoch: number): number;
  /** the whole state of an untrained detector, the same for the same seed on every machine */
  initialState(seed: number): TensorDataMap;
  /** a batch of windows, `windowSpecs`; scalars `learningRate` and `stepNumber` */
  trainStep(channels: Channels): Step;
  /** one window; the step's state is the memory alone, the weights of `model` are its constants; scalars: `gateScalar` */
  scoreStep(model: TensorDataMap, channels: Channels): Step;
  /** the part of a training state that `modelSpecs` names */
  deployable(state: TensorDataMap): TensorDataMap;
}

/** The tensors of a state that `specs` names. */
export function deployable(specs: Detector["modelSpecs"], state: TensorDataMap): TensorDataMap {
  return Object.fromEntries(Object.keys(specs).map((name) => [name, state[name]!]));
}

/** The scalars of a scoring step whose memory is gated at `gate`. */
export function gateScalar({ gate: own }: Detector, gate: number): Readonly<Record<string, number>> {
  return own === null ? {} : { gate };
}
