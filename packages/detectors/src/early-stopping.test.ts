import { type EpochMetrics, epochMetricsSchema, type Monitor } from "@engram/core";
import { expect, it } from "vitest";
import { judgeEpochs } from "./early-stopping.ts";

function epochsOf(figures: readonly Partial<EpochMetrics>[]): EpochMetrics[] {
  return figures.map((given, epoch) =>
    epochMetricsSchema.parse({ epoch, learningRate: 1e-3, loss: 1, pixelLoss: 1, seconds: 1, ...given }),
  );
}

const settings = (monitor: Monitor, patience = 2, minimumDelta = 0) => ({ monitor, patience, minimumDelta });
const aurocs = (...values: (number | null)[]) =>
  epochsOf(values.map((validationAuroc) => ({ validationAuroc })));

it("takes the largest AUROC and the smallest loss, the first of equals", () => {
  const rising = aurocs(0.7, 0.9, 0.9, 0.8);
  expect(judgeEpochs(rising, settings("VALIDATION_AUROC", 9)).best).toMatchObject({ epoch: 1, value: 0.9 });
  const losses = epochsOf([{ loss: 0.3 }, { loss: 0.2 }, { loss: 0.25 }]);
  expect(judgeEpochs(losses, settings("LOSS")).best).toEqual({ monitor: "LOSS", epoch: 1, value: 0.2 });
});

it("stops after as many epochs without an improvement as patience allows, and says why", () => {
  expect(judgeEpochs(aurocs(0.7, 0.6), settings("VALIDATION_AUROC")).stopReason).toBeNull();
  const { stopReason, epochsSinceBest } = judgeEpochs(aurocs(0.7, 0.6, 0.65), settings("VALIDATION_AUROC"));
  expect(epochsSinceBest).toBe(2);
  expect(stopReason).toBe(
    "The validation AUROC did not improve in the last 2 epochs: the best is 0.7000, of epoch 1.",
  );
});

it("takes an improvement by no more than the least one for none, measured from the best before", () => {
  const slow = epochsOf([0.5, 0.49, 0.48, 0.47].map((calibrationLoss) => ({ calibrationLoss })));
  expect(judgeEpochs(slow, settings("CALIBRATION_LOSS", 9, 0.025)).best?.epoch).toBe(3);
  expect(judgeEpochs(slow, settings("CALIBRATION_LOSS", 9, 0.04)).best?.epoch).toBe(0);
});

it("takes an unknown figure for no improvement, and has no best epoch where all are unknown", () => {
  expect(judgeEpochs(aurocs(0.7, null), settings("VALIDATION_AUROC"))).toMatchObject({
    best: { epoch: 0 },
    epochsSinceBest: 1,
  });
  expect(judgeEpochs(aurocs(null, null), settings("VALIDATION_AUROC"))).toMatchObject({
    best: null,
    stopReason: "The validation AUROC was unknown in the last 2 epochs.",
  });
});

it("never stops, and calls no epoch the best, where nothing is monitored", () => {
  expect(judgeEpochs(aurocs(0.7, 0.1, 0.1, 0.1), settings("NONE", 1))).toEqual({
    best: null,
    epochsSinceBest: 0,
    stopReason: null,
  });
});
