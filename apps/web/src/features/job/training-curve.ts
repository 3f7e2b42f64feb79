// The curves of a training run, made ready to draw: epochs on x, each figure that there is with a gap where it is not
// a number.
import type { TrainingEpochFieldsFragment } from "@engram/sdk";

export interface CurveSeries {
  readonly name: string;
  readonly values: (number | null)[];
  readonly last: number | null;
}

export interface TrainingCurves {
  readonly epochs: number[];
  readonly series: CurveSeries[];
  /** of the last epoch that tells it */
  readonly memory: MemoryShares | null;
}

export interface MemoryShares {
  readonly items: number;
  readonly deadItems: number;
  /** in nats, and as a share of what it is where all items are used alike; null of a single item */
  readonly entropy: number;
  readonly evenness: number | null;
  /** by item; null of a memory too large to list */
  readonly shares: readonly number[] | null;
}

const NAMES = [
  ["loss", "Loss"],
  ["pixelLoss", "Pixel loss"],
  ["compactness", "Compactness"],
  ["separateness", "Separateness"],
  ["featureLoss", "Feature loss"],
  ["distinctLoss", "Distinctness"],
  ["entropy", "Entropy of the shares"],
  ["validationAuroc", "Validation AUROC"],
  ["calibrationLoss", "Calibration loss"],
] as const;

export function prepareTrainingCurves(metrics: TrainingEpochFieldsFragment): TrainingCurves {
  const epochs = [...metrics.epoch];
  const series = NAMES.map(([key, name]) => curve(name, epochs, metrics[key]));
  const usages = epochs.map((_, index) => metrics.memory[index] ?? null);
  series.push(
    curve(
      "Memory items unused",
      epochs,
      usages.map((usage) => usage?.deadItems ?? null),
    ),
  );
  series.push(
    curve(
      "Entropy of memory use, nats",
      epochs,
      usages.map((usage) => usage?.entropy ?? null),
    ),
  );
  const known = series.filter(({ values }) => values.some((value) => value !== null));
  return { epochs, series: known, memory: memoryShares(usages) };
}

function curve(
  name: string,
  epochs: readonly number[],
  column: readonly (number | null | undefined)[],
): CurveSeries {
  const values = epochs.map((_, index) => {
    const value = column[index];
    return value != null && Number.isFinite(value) ? value : null;
  });
  return { name, values, last: values.at(-1) ?? null };
}

function memoryShares(usages: readonly (TrainingEpochFieldsFragment["memory"][number] | null)[]) {
  const usage = usages.findLast((one) => one != null);
  if (!usage) return null;
  const { items, deadItems, entropy, shares } = usage;
  const evenness = items > 1 ? entropy / Math.log(items) : null;
  return { items, deadItems, entropy, evenness, shares: shares ?? null };
}
