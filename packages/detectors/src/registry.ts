// The detectors by architecture.
import type { MnadPredictionHyperparameters, TrainableArchitecture } from "@engram/core";
import type { Detector } from "./detector.ts";
import { mnadPrediction } from "./mnad/prediction.ts";

export function createDetector(
  architecture: TrainableArchitecture,
  hyperparameters: MnadPredictionHyperparameters,
): Detector {
  switch (architecture) {
    case "MNAD_PREDICTION":
      return mnadPrediction(hyperparameters);
    default:
      throw architecture satisfies never;
  }
}
