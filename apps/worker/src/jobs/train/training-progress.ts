import type { JobProgress } from "@engram/core";
import type { TrainingProgress } from "@engram/detectors";

/** Steps over all epochs; the remaining time follows from the median step, which the first (slow) one does not move. */
export function openTrainingProgress(
  report: (progress: JobProgress) => void,
): (at: TrainingProgress) => void {
  return (at) => {
    const total = at.epochs * at.stepsPerEpoch;
    const done = at.epoch * at.stepsPerEpoch + at.step;
    const etaMs =
      at.millisecondsPerStep === null ? null : Math.round(at.millisecondsPerStep * (total - done));
    report({
      phase: "train",
      done,
      total,
      unit: "steps",
      etaMs,
      figures: {
        ...at.losses,
        learningRate: at.learningRate,
        millisecondsPerStep: at.millisecondsPerStep,
        epoch: at.epoch + 1,
        epochs: at.epochs,
      },
    });
  };
}
