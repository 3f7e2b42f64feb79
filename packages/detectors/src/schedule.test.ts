import { expect, it } from "vitest";
import { cosineLearningRate } from "./schedule.ts";
import { readGolden } from "./testing/shared-file.ts";

const golden = await readGolden<Record<string, number>>("cosine_lr_60");

it.skipIf(golden === null)("anneals as torch's CosineAnnealingLR does over 60 epochs", () => {
  for (const [epoch, expected] of Object.entries(golden!)) {
    expect(cosineLearningRate(2e-4, Number(epoch), 60)).toBeCloseTo(expected, 12);
  }
});

it("begins at the initial rate and never reaches zero", () => {
  expect(cosineLearningRate(0.01, 0, 1)).toBe(0.01);
  expect(cosineLearningRate(0.01, 9, 10)).toBeGreaterThan(0);
});
