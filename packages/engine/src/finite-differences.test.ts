// The pieces that this package differentiates by formulas of its own, and the convolutions, against finite differences.
import { describe, it } from "vitest";
import * as ops from "./ops.ts";
import { compiled, eager, noise } from "./testing/both-devices.ts";
import { expectTrueGradients } from "./testing/finite-differences.ts";

type T1 = ops.Tensor1D;
type T4 = ops.Tensor4D;

describe.each([
  ["eager", eager],
  ["compiled", compiled],
])("the gradient, %s, is the slope of the loss for", (_, device) => {
  it("batch normalization of a batch by its own statistics: in images, scale and shift", async () => {
    const inputs = { x: noise([2, 3, 2, 3], 1), gamma: noise([3], 2, 2), beta: noise([3], 3) };
    const build = ({ x, gamma, beta }: Record<string, ops.Tensor>) =>
      ops.batchNormTraining(x as T4, gamma as T1, beta as T1).y;
    await expectTrueGradients(device, build, inputs);
  });

  it("rows of unit length, and a row shorter than epsilon, which is divided by it", async () => {
    await expectTrueGradients(device, ({ x }) => ops.l2Normalize(x!), { x: noise([4, 5], 4) });
    await expectTrueGradients(device, ({ x }) => ops.l2Normalize(x!, 10), { x: noise([4, 5], 4) });
  });

  it.each([
    ["stride 1", 1, 1],
    ["stride 2, odd size", 2, 1],
  ] as const)("a convolution: image and filter, %s", async (_, stride, pad) => {
    const inputs = { x: noise([2, 5, 4, 2], 5), filter: noise([3, 3, 2, 3], 6) };
    const build = ({ x, filter }: Record<string, ops.Tensor>) =>
      ops.conv2d(x as T4, filter as T4, stride, pad);
    await expectTrueGradients(device, build, inputs);
  });

  it("a transposed convolution that doubles the image: image and filter", async () => {
    const inputs = { x: noise([2, 3, 2, 2], 7), filter: noise([3, 3, 3, 2], 8) };
    const build = ({ x, filter }: Record<string, ops.Tensor>) =>
      ops.conv2dTranspose(x as T4, filter as T4, [2, 6, 4, 3], 2, 1);
    await expectTrueGradients(device, build, inputs);
  });
});
