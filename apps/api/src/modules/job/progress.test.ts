import { expect, it } from "vitest";
import { progressOf } from "./progress.ts";

it("tells a job's figures in the order of what a reader wants to know first, not as the database keeps them", () => {
  const figures = {
    loss: 0.1,
    epoch: 4,
    epochs: 10,
    pixelLoss: 0.1,
    inputWaitShare: 0,
    millisecondsPerStep: 9,
  };
  const job = { phase: "train", done: 1, total: 2, unit: "steps", etaMs: null, figures };
  expect(progressOf(job)?.figures.map(({ name }) => name)).toEqual([
    "epoch",
    "epochs",
    "loss",
    "millisecondsPerStep",
    "inputWaitShare",
    "pixelLoss",
  ]);
});
