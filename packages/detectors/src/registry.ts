// The detectors by architecture.
import type { HyperparametersOf, TrainableArchitecture } from "@engram/core";
import type { Detector } from "./detector.ts";
import { memaeDetector, memaeImageDetector } from "./memae/detector.ts";
import { mnadDetector } from "./mnad/detector.ts";
import { PREDICTION, RECONSTRUCTION } from "./mnad/layers.ts";
import { mpnDetector } from "./mpn/detector.ts";
import { pmbDetector } from "./pmb/detector.ts";

const DETECTORS: { readonly [A in TrainableArchitecture]: (given: HyperparametersOf[A]) => Detector } = {
  MNAD_PREDICTION: (given) => mnadDetector(PREDICTION, given),
  MNAD_RECONSTRUCTION: (given) => mnadDetector(RECONSTRUCTION, given),
  MEMAE: memaeDetector,
  MEMAE_IMAGE: memaeImageDetector,
  MPN: mpnDetector,
  PMB: pmbDetector,
};

export function createDetector<A extends TrainableArchitecture>(
  architecture: A,
  hyperparameters: HyperparametersOf[A],
): Detector {
  return DETECTORS[architecture](hyperparameters);
}
