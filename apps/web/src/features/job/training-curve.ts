// The curves of a training run, made ready to draw: epochs on x, each loss that there is with a gap where it is not a number.

export interface TrainingMetricsColumns {
  readonly epoch: readonly number[];
  readonly loss: readonly number[];
  readonly pixelLoss: readonly number[];
  readonly compactness: readonly number[];
  readonly separateness: readonly number[];
  readonly featureLoss: readonly number[];
  readonly distinctLoss: readonly number[];
  readonly entropy: readonly number[];
}

export interface CurveSeries {
  readonly name: string;
  readonly values: (number | null)[];
  readonly last: number | null;
}

export interface TrainingCurves {
  readonly epochs: number[];
  readonly series: CurveSeries[];
}

const NAMES = [
  ["loss", "Loss"],
  ["pixelLoss", "Pixel loss"],
  ["compactness", "Compactness"],
  ["separateness", "Separateness"],
  ["featureLoss", "Feature loss"],
  ["distinctLoss", "Distinctness"],
  ["entropy", "Entropy of the shares"],
] as const;

export function prepareTrainingCurves(metrics: TrainingMetricsColumns): TrainingCurves {
  const epochs = [...metrics.epoch];
  const series = NAMES.filter(([key]) => metrics[key].length > 0).map(([key, name]) => {
    const values = epochs.map((_, index) => {
      const value = metrics[key][index];
      return value !== undefined && Number.isFinite(value) ? value : null;
    });
    return { name, values, last: values.at(-1) ?? null };
  });
  return { epochs, series };
}
