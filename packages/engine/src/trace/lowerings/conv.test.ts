// Convolutions against TensorFlow.js's own `cpu` backend.
import { describe, expect, it } from "vitest";
import * as ops from "../../ops.ts";
import { expectAgreement, noise } from "../../testing/both-devices.ts";

type T4 = ops.Tensor4D;
type Pair = [number, number];

describe("convolution", () => {
  const cases: [string, number[], number[], number | [number, number], "same" | "valid" | number][] = [
    ["3×3 same", [2, 7, 6, 3], [3, 3, 3, 4], 1, "same"],
    ["3×3 valid", [1, 7, 9, 2], [3, 3, 2, 5], 1, "valid"],
    ["1×1", [2, 5, 4, 3], [1, 1, 3, 6], 1, "same"],
    ["1×1 strided", [2, 5, 4, 3], [1, 1, 3, 6], 2, "same"],
    ["3×3 stride 2 same, even", [2, 8, 6, 3], [3, 3, 3, 4], 2, "same"],
    ["3×3 stride 2 same, odd", [2, 7, 9, 3], [3, 3, 3, 4], 2, "same"],
    ["4×2 stride 3, 2 valid", [1, 11, 9, 2], [4, 2, 2, 3], [3, 2], "valid"],
    ["5×5 pad 2", [1, 6, 6, 2], [5, 5, 2, 3], 1, 2],
    ["1×1 pad 1, so that its border sees nothing", [1, 4, 5, 3], [1, 1, 3, 2], 1, 1],
    ["more channels in than out", [2, 5, 6, 5], [3, 3, 5, 2], 1, "same"],
    ["2×2 same, more channels in than out", [2, 5, 6, 5], [2, 2, 5, 2], 1, "same"],
    ["2×2 same, which pads one side", [1, 5, 6, 2], [2, 2, 2, 3], 1, "same"],
  ];
  it.each(cases)("conv2d %s", async (_, x, filter, strides, pad) => {
    await expectAgreement(({ x, filter }) => ops.conv2d(x as T4, filter as T4, strides, pad), {
      x: noise(x, 1),
      filter: noise(filter, 2),
    });
  });

  it("refuses one number for the padding of a window that is not square, and takes the padding per side", async () => {
    const inputs = { x: noise([1, 5, 6, 2], 1), filter: noise([3, 1, 2, 3], 2) };
    const padded = (pad: number | [Pair, Pair, Pair, Pair]) =>
      expectAgreement(({ x, filter }) => ops.conv2d(x as T4, filter as T4, [1, 2], pad), inputs);
    await expect(padded(1)).rejects.toThrow(
      /Conv2D cannot be compiled: .*misplaces its windows .*kernel 3×1/,
    );
    await padded([
      [0, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ]);
  });

  it("conv2d with a bias, which is one node with it", async () => {
    await expectAgreement(
      ({ x, filter, bias }) => ops.relu(ops.add(ops.conv2d(x as T4, filter as T4, 1, "same"), bias!)),
      { x: noise([2, 5, 6, 3], 1), filter: noise([3, 3, 3, 4], 2), bias: noise([4], 3) },
    );
  });

  it("dilated conv2d, forward", async () => {
    await expectAgreement(
      ({ x, filter }) => ops.conv2d(x as T4, filter as T4, 1, "same", "NHWC", 2),
      { x: noise([1, 9, 8, 2], 1), filter: noise([3, 3, 2, 3], 2) },
      { gradient: false },
    );
  });

  const transposed: [
    string,
    number[],
    number[],
    [number, number, number, number],
    number,
    "same" | "valid",
  ][] = [
    ["doubling", [2, 4, 3, 3], [3, 3, 5, 3], [2, 8, 6, 5], 2, "same"],
    ["doubling to odd sizes", [1, 4, 3, 2], [3, 3, 4, 2], [1, 7, 5, 4], 2, "same"],
    ["stride 1", [1, 4, 5, 2], [3, 3, 3, 2], [1, 4, 5, 3], 1, "same"],
    ["valid, stride 3", [1, 3, 2, 2], [4, 4, 3, 2], [1, 11, 7, 3], 3, "valid"],
  ];
  it.each(transposed)("conv2dTranspose %s", async (_, x, filter, outShape, strides, pad) => {
    await expectAgreement(
      ({ x, filter }) => ops.conv2dTranspose(x as T4, filter as T4, outShape, strides, pad),
      {
        x: noise(x, 1),
        filter: noise(filter, 2),
      },
    );
  });
});
