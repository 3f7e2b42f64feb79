// Reductions against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { compiled, expectAgreement, floats, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

describe("reductions, softmax, order", () => {
  const reductions = { sum: ops.sum, mean: ops.mean, max: ops.max, min: ops.min };
  const axes = [undefined, 0, 3, [0, 1, 2], [1, 2], [-1]];
  const cases = Object.entries(reductions).flatMap(([name, op]) =>
    axes.map((axis) => [name, axis, op] as const),
  );
  it.each(cases)("%s over %s", async (_, axis, op) => {
    const x = noise([2, 3, 5, 4], 9);
    await expectAgreement(({ x }) => [op(x!, axis), op(ops.tanh(x!), axis, true)], { x });
  });

  it("sums over axes that are only broadcast", async () => {
    await expectAgreement(
      ({ x }) => [
        ops.sum(ops.broadcastTo(x!, [3, 5, 4]), 1),
        ops.mean(ops.broadcastTo(x!, [3, 5, 4])),
        ops.max(ops.broadcastTo(x!, [3, 5, 4]), [0, 1]),
      ],
      { x: noise([3, 1, 4]) },
    );
  });

  const running = [0, 1, 2].flatMap((axis) =>
    [false, true].flatMap((exclusive) =>
      [false, true].map((isReversed) => [axis, exclusive, isReversed] as const),
    ),
  );
  it.each(running)("cumsum along %s, exclusive %s, reversed %s", async (axis, exclusive, isReversed) => {
    const build = ({ x }: Record<string, ops.Tensor>) => ops.cumsum(x!, axis, exclusive, isReversed);
    await expectAgreement(build, { x: noise([3, 4, 5]) });
    await expectTrueGradients(compiled, build, { x: noise([2, 3, 4]) });
  });

  it("cumsum of a filter in its own layout, of whole numbers and of ones", async () => {
    await expectAgreement(({ x }) => [ops.cumsum(x!, 2), ops.cumsum(ops.add(ops.onesLike(x!), x!), 3)], {
      x: noise([2, 3, 5, 4]),
    });
    await expectAgreement(
      ({ x }) => [ops.cumsum(ops.argMax(x!, 1)), ops.cumsum(ops.ones([4]))],
      { x: noise([5, 4]) },
      { gradient: false },
    );
  });

  it("softmax along the last axis, logSoftmax, logSumExp, and softmax along the first by transposing", async () => {
    await expectAgreement(
      ({ x }) => [
        ops.softmax(x!),
        ops.logSoftmax(x!),
        ops.logSumExp(x!, 1),
        ops.transpose(ops.softmax(ops.transpose(x!))),
      ],
      { x: noise([7, 5], 4, 3) },
    );
  });

  it("argMax, argMin, topk and oneHot, the first of equal values winning", async () => {
    const x = floats([3, 4], [1, 5, 5, 2, 0, 0, 0, 0, 4, 3, 2, 4]);
    await expectAgreement(
      ({ x }) => {
        const { values, indices } = ops.topk(x!, 2);
        return [
          ops.argMax(x!, 1),
          ops.argMax(x!, 0),
          ops.argMin(x!, 1),
          values,
          indices,
          ops.oneHot(ops.argMax(x!, 1), 4),
        ];
      },
      { x },
      { gradient: false },
    );
  });

  it("no gradient flows through argMax and oneHot", async () => {
    await expectAgreement(({ x }) => ops.mul(ops.oneHot(ops.argMax(x!, 1), 4), x!), { x: noise([3, 4]) });
  });
});
