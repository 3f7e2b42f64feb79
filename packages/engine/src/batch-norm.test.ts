import { describe, it } from "vitest";
import * as ops from "./ops.ts";
import { expectAgreement, noise } from "./testing/both-devices.ts";

describe("batchNormTraining", () => {
  it.each([
    ["images", [2, 5, 3, 4]],
    ["volumes", [2, 3, 2, 3, 4]],
    ["rows", [7, 4]],
  ])("of %s: values, batch statistics, all three gradients", async (_, shape) => {
    await expectAgreement(
      ({ x, gamma, beta }) => {
        const { y, mean, variance } = ops.batchNormTraining(x!, gamma as ops.Tensor1D, beta as ops.Tensor1D);
        return [y, mean, variance];
      },
      { x: noise(shape, 1, 2), gamma: noise([4], 2), beta: noise([4], 3) },
    );
  });
});
