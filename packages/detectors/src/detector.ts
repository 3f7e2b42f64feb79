// What the platform needs of any architecture: its state, its two steps, and how many frames each step looks at.
import type { Lane, MnadPredictionHyperparameters, TrainableArchitecture } from "@engram/core";
import type { Step, TensorDataMap } from "@engram/engine";

/** Channels of the frames as they are stored: 1 grey, 3 RGB. A grey frame stands for three equal channels. */
export type Channels = 1 | 3;

export interface Detector {
  readonly architecture: TrainableArchitecture;
  readonly hyperparameters: MnadPredictionHyperparameters;
  /** consecutive frames a step takes; the first `windowFrames − 1` frames of a clip get no score */
  readonly windowFrames: number;
  /** the raw components a scored frame has */
  readonly lanes: readonly Lane[];
  /** trained numbers, as the published code counts them: without statistics, moments and memory items */
  readonly parameterCount: number;
  /** the whole state of an untrained detector, the same for the same seed on every machine */
  initialState(seed: number): TensorDataMap;
  /** batch `frames` float32 [batchSize, size, size, windowFrames·channels], values 0…255 */
  trainStep(channels: Channels): Step;
  /** the same with one window; the step's state is the memory, the weights of `state` are its constants */
  scoreStep(state: TensorDataMap, channels: Channels): Step;
  /** the part of a training state that scoring needs: weights, statistics and memory */
  deployable(state: TensorDataMap): TensorDataMap;
}

export declare function createDetector(
  architecture: TrainableArchitecture,
  hyperparameters: MnadPredictionHyperparameters,
): Detector;
