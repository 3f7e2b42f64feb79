import { describe, expect, it } from "vitest";
import { prepareTrainingCurves } from "./training-curve.ts";

const metrics = {
  epoch: [0, 1, 2],
  loss: [0.5, Number.NaN, 0.3],
  pixelLoss: [0.4],
  compactness: [0.1, 0.1, 0.1],
  separateness: [],
  featureLoss: [],
  distinctLoss: [],
  entropy: [],
  learningRate: [1, 1, 1],
  seconds: [1, 1, 1],
  inputWaitSeconds: [null, null, null],
  validationAuroc: [null, 0.8, 0.9],
  calibrationLoss: [null, null, null],
  memory: [null, { items: 4, deadItems: 2, entropy: Math.LN2, shares: [0.5, 0.5, 0, 0] }, null],
};

describe("prepareTrainingCurves", () => {
  it("leaves a gap where a figure is missing or not a number, never a zero, and a figure out that there is none of", () => {
    const curves = prepareTrainingCurves(metrics);
    expect(curves.epochs).toEqual([0, 1, 2]);
    expect(curves.series.map(({ name, values }) => [name, values])).toEqual([
      ["Loss", [0.5, null, 0.3]],
      ["Pixel loss", [0.4, null, null]],
      ["Compactness", [0.1, 0.1, 0.1]],
      ["Validation AUROC", [null, 0.8, 0.9]],
      ["Memory items unused", [null, 2, null]],
      ["Entropy of memory use, nats", [null, Math.LN2, null]],
    ]);
    expect(curves.series.slice(0, 3).map((series) => series.last)).toEqual([0.3, null, 0.1]);
  });

  it("tells the memory use of the last epoch that knows it, beside what it would be if all items were used alike", () => {
    expect(prepareTrainingCurves(metrics).memory).toEqual({
      ...{ items: 4, deadItems: 2, entropy: Math.LN2, evenness: 0.5 },
      shares: [0.5, 0.5, 0, 0],
    });
    expect(prepareTrainingCurves({ ...metrics, memory: [null, null, null] }).memory).toBeNull();
  });
});
