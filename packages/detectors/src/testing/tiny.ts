// A detector small enough for the reference device: 16×16 pixels, four channels.
import { type MnadPredictionHyperparameters, resolveHyperparameters } from "@engram/core";
import { createDetector } from "../registry.ts";

export function tinyDetector(overrides: Partial<MnadPredictionHyperparameters> = {}) {
  const tiny = { size: 16, width: 4, items: 3, batchSize: 2, epochs: 2, learningRate: 2e-3, ...overrides };
  return createDetector("MNAD_PREDICTION", resolveHyperparameters("MNAD_PREDICTION", "tiny", tiny));
}
