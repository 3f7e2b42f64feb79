// Pooling against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { compiled, expectAgreement, floats, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

type T4 = ops.Tensor4D;

describe("pooling", () => {
  const pools: [string, number[], number, number, "same" | "valid"][] = [
    ["2, halving", [2, 6, 4, 3], 2, 2, "same"],
    ["2, odd sizes", [1, 7, 5, 2], 2, 2, "valid"],
    ["2, odd sizes, padded", [1, 7, 5, 2], 2, 2, "same"],
    ["3 stride 2, overlapping", [1, 7, 6, 2], 3, 2, "same"],
  ];
  it.each(pools)("maxPool and avgPool %s", async (_, shape, size, strides, pad) => {
    const x = noise(shape);
    await expectAgreement(({ x }) => ops.maxPool(x as T4, size, strides, pad), { x });
    await expectAgreement(({ x }) => ops.avgPool(x as T4, size, strides, pad), { x });
  });

  it("maxPool after relu: of equal values the first takes the gradient", async () => {
    const x = floats([1, 2, 4, 1], [-1, -2, 3, 3, -3, -4, 3, 3]);
    await expectAgreement(({ x }) => ops.maxPool(ops.relu(x as T4), 2, 2, "valid"), { x });
  });

  const volumes: [string, number[], number, number, "same" | "valid" | number][] = [
    ["2, halving", [2, 4, 6, 2, 3], 2, 2, "same"],
    ["2, odd sizes, padded", [1, 3, 5, 4, 2], 2, 2, "same"],
    ["3 stride 2, overlapping", [1, 5, 4, 7, 2], 3, 2, "valid"],
    ["3 stride 1, padding 1", [1, 3, 4, 2, 1], 3, 1, 1],
  ];
  it.each(volumes)("maxPool3d and avgPool3d %s", async (_, shape, size, strides, pad) => {
    const x = noise(shape);
    // Typed as if a number were no padding, which it is.
    const padding = pad as "same";
    await expectAgreement(({ x }) => ops.maxPool3d(x as ops.Tensor5D, size, strides, padding), { x });
    await expectAgreement(({ x }) => ops.avgPool3d(x as ops.Tensor5D, size, strides, padding), { x });
  });

  it("avgPool's gradient at a padded border is that of a mean over fewer pixels", async () => {
    await expectTrueGradients(compiled, ({ x }) => ops.avgPool(x as T4, 3, 2, "same"), {
      x: noise([1, 5, 4, 2]),
    });
  });
});
