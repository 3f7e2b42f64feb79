// Depthwise convolution against TensorFlow.js's own `cpu` backend, and its gradients against central differences.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { compiled, expectAgreement, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

type T4 = ops.Tensor4D;

const cases: [string, number[], number[], number, "same" | "valid" | number][] = [
  ["3×3 same", [2, 5, 6, 3], [3, 3, 3, 1], 1, "same"],
  ["two filters per channel", [2, 5, 4, 3], [3, 3, 3, 2], 1, "same"],
  ["stride 2, odd sizes", [1, 7, 5, 2], [3, 3, 2, 2], 2, "same"],
  ["stride 2, padding 1", [1, 6, 8, 2], [3, 3, 2, 1], 2, 1],
  ["1×1", [2, 3, 4, 3], [1, 1, 3, 2], 1, "valid"],
  ["2×3 valid", [1, 4, 5, 2], [2, 3, 2, 3], 1, "valid"],
];

describe("depthwiseConv2d", () => {
  it.each(cases)("%s, values and gradients", async (_, x, filter, strides, pad) => {
    await expectAgreement(({ x, filter }) => ops.depthwiseConv2d(x as T4, filter as T4, strides, pad), {
      x: noise(x, 1),
      filter: noise(filter, 2),
    });
  });

  it("dilated, forward", async () => {
    await expectAgreement(
      ({ x, filter }) => ops.depthwiseConv2d(x as T4, filter as T4, 1, "same", "NHWC", 2),
      { x: noise([1, 7, 6, 2], 1), filter: noise([3, 3, 2, 2], 2) },
      { gradient: false },
    );
  });

  it("has the gradients of central differences", async () => {
    await expectTrueGradients(compiled, ({ x, filter }) => ops.depthwiseConv2d(x as T4, filter as T4, 2, 1), {
      x: noise([1, 5, 4, 2], 1),
      filter: noise([3, 3, 2, 2], 2),
    });
  });
});
