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
    report({ phase: "train", done, total, unit: "steps", etaMs, figures: figuresOf(at) });
  };
}

/** What is null is not known, or not of this training, and is not shown. */
function figuresOf(at: TrainingProgress): JobProgress["figures"] {
  const { best, epochsSinceBest } = at.verdict;
  const last = at.finishedEpochs.at(-1);
  return {
    ...at.losses,
    learningRate: at.learningRate,
    millisecondsPerStep: at.millisecondsPerStep,
    inputWaitShare: at.inputWaitShare,
    deadItems: at.memory?.deadItems ?? null,
    itemEntropy: at.memory?.entropy ?? null,
    validationAuroc: last?.validationAuroc ?? null,
    calibrationLoss: last?.calibrationLoss ?? null,
    epoch: at.epoch + 1,
    epochs: at.epochs,
    bestEpoch: best === null ? null : best.epoch + 1,
    epochsSinceBest: best === null ? null : epochsSinceBest,
  };
}
