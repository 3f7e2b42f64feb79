import { describe, expect, it } from "vitest";
import { prepareTrainingCurves } from "./training-curve.ts";

describe("prepareTrainingCurves", () => {
  it("leaves a gap where a loss is missing or not a number, never a zero, and a loss out that there is none of", () => {
    const curves = prepareTrainingCurves({
      epoch: [1, 2, 3],
      loss: [0.5, Number.NaN, 0.3],
      pixelLoss: [0.4],
      compactness: [0.1, 0.1, 0.1],
      separateness: [],
      featureLoss: [],
      distinctLoss: [],
      entropy: [],
    });
    expect(curves.epochs).toEqual([1, 2, 3]);
    expect(curves.series.map((series) => series.values)).toEqual([
      [0.5, null, 0.3],
      [0.4, null, null],
      [0.1, 0.1, 0.1],
    ]);
    expect(curves.series.map((series) => series.last)).toEqual([0.3, null, 0.1]);
  });
});
