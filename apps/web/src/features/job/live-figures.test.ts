import { expect, it } from "vitest";
import { liveFigures } from "./live-figures.ts";

it("says a job's figures in the order given, the epochs with the epoch, and leaves out what is not known", () => {
  const figures = [
    { name: "epoch", value: 4 },
    { name: "epochs", value: 10 },
    { name: "loss", value: 0.0058942 },
    { name: "millisecondsPerStep", value: null },
    { name: "inputWaitShare", value: 0.139 },
    { name: "validationAuroc", value: 0.9 },
    { name: "deadItems", value: 0 },
  ];
  expect(liveFigures(figures).map(({ name, value }) => `${name} ${value}`)).toEqual([
    "epoch 4 of 10",
    "loss 0.005894",
    "waiting for input 14 %",
    "validation AUROC 0.9",
    "dead items 0",
  ]);
});
