// Which epoch of a training is its best, and whether it is time to stop. Both follow from the figures of the epochs
// so far and nothing else, so that a resumed training judges as the uninterrupted one.
import type { EpochMetrics, Hyperparameters, Monitor, TrainingMetrics } from "@engram/core";

export interface Verdict {
  readonly best: TrainingMetrics["best"];
  /** epochs since the best one, or since the beginning where there is none yet */
  readonly epochsSinceBest: number;
  /** one sentence that says why training ends here; null where it goes on */
  readonly stopReason: string | null;
}

type Settings = Pick<Hyperparameters, "monitor" | "patience" | "minimumDelta">;

/**
 * An epoch is the best where its figure is better than that of the best before it by more than `minimumDelta`; an
 * epoch whose figure is unknown is not. Training stops after `patience` epochs that are not the best.
 */
export function judgeEpochs(
  epochs: readonly EpochMetrics[],
  { monitor, patience, minimumDelta }: Settings,
): Verdict {
  if (monitor === "NONE") return { best: null, epochsSinceBest: 0, stopReason: null };
  let best: Verdict["best"] = null;
  let epochsSinceBest = 0;
  for (const metrics of epochs) {
    const value = monitored(metrics, monitor);
    const gain = value === null ? null : monitor === "VALIDATION_AUROC" ? value : -value;
    const toBeat = best === null ? null : monitor === "VALIDATION_AUROC" ? best.value : -best.value;
    if (value !== null && gain !== null && (toBeat === null || gain - toBeat > minimumDelta)) {
      best = { monitor, epoch: metrics.epoch, value };
      epochsSinceBest = 0;
    } else {
      epochsSinceBest++;
    }
  }
  const isOver = epochsSinceBest >= patience;
  return { best, epochsSinceBest, stopReason: isOver ? reasonOf(monitor, best, epochsSinceBest) : null };
}

function monitored(metrics: EpochMetrics, monitor: Exclude<Monitor, "NONE">): number | null {
  switch (monitor) {
    case "VALIDATION_AUROC":
      return metrics.validationAuroc;
    case "CALIBRATION_LOSS":
      return metrics.calibrationLoss;
    case "LOSS":
      return metrics.loss;
    default:
      throw monitor satisfies never;
  }
}

const NAMES: Readonly<Record<Exclude<Monitor, "NONE">, string>> = {
  VALIDATION_AUROC: "validation AUROC",
  CALIBRATION_LOSS: "calibration loss",
  LOSS: "loss",
};

function reasonOf(monitor: Exclude<Monitor, "NONE">, best: Verdict["best"], epochs: number): string {
  const since = epochs === 1 ? "the last epoch" : `the last ${epochs} epochs`;
  if (best === null) return `The ${NAMES[monitor]} was unknown in ${since}.`;
  const value = best.value.toPrecision(4);
  return `The ${NAMES[monitor]} did not improve in ${since}: the best is ${value}, of epoch ${best.epoch + 1}.`;
}
