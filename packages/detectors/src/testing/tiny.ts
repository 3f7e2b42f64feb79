// Detectors small enough for the reference device: 16×16 pixels, four channels.
import {
  type HyperparametersOf,
  type MnadHyperparameters,
  resolveHyperparameters,
  type TrainableArchitecture,
} from "@engram/core";
import type { Detector } from "../detector.ts";
import { createDetector } from "../registry.ts";

const TINY = { size: 16, width: 4, batchSize: 2, epochs: 2, learningRate: 2e-3 };

export function tinyDetectorOf<A extends TrainableArchitecture>(
  architecture: A,
  overrides: Partial<HyperparametersOf[A]>,
): Detector {
  return createDetector(
    architecture,
    resolveHyperparameters(architecture, "tiny", { ...TINY, ...overrides }),
  );
}

export function tinyDetector(overrides: Partial<MnadHyperparameters> = {}): Detector {
  return tinyDetectorOf("MNAD_PREDICTION", { items: 3, ...overrides });
}
