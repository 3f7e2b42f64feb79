// Pooling against TensorFlow.js's own `cpu` backend.
import { describe, expect, it } from "vitest";
import { mapValues } from "../../host-data.ts";
import * as ops from "../../ops.ts";
import type { TensorDataMap } from "../../step.ts";
import {
  type Build,
  compiled,
  expectAgreement,
  floats,
  noise,
  runOn,
  stepOf,
} from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

async function gradientsOf(build: Build, inputs: TensorDataMap) {
  return mapValues(await runOn(compiled, stepOf(build, inputs, "batch", true), inputs), ({ data }) => data);
}

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

  it("refuses sizes rounded up, whose gradients TensorFlow.js lacks", async () => {
    const build = ({ x }: Record<string, ops.Tensor>) => ops.maxPool(x as T4, 2, 2, 0, "ceil");
    await expect(expectAgreement(build, { x: noise([1, 5, 7, 2]) })).rejects.toThrow(
      /dimRoundingMode is ceil/,
    );
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

  it("maxPool3d, like maxPool, gives the gradient to the first of equal values", async () => {
    const x = floats([1, 2, 2, 2, 1], [-1, 3, -2, 3, 3, 3, -3, 3]);
    const build = ({ x }: Record<string, ops.Tensor>) => ops.maxPool3d(x as ops.Tensor5D, 2, 2, "valid");
    await expectAgreement(build, { x });
    const { x: gradient } = await gradientsOf(build, { x });
    expect(Array.from(gradient!, (slope) => slope !== 0)).toEqual([
      ...[false, true, false, false],
      ...[false, false, false, false],
    ]);
  });

  it("avgPool's gradient at a padded border is that of a mean over fewer pixels", async () => {
    await expectTrueGradients(compiled, ({ x }) => ops.avgPool(x as T4, 3, 2, "same"), {
      x: noise([1, 5, 4, 2]),
    });
  });
});
