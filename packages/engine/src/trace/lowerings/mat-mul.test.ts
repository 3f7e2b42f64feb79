// Matrix products against TensorFlow.js's own `cpu` backend.
import { describe, expect, it } from "vitest";
import * as ops from "../../ops.ts";
import { compiled, expectAgreement, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

describe("matrix products", () => {
  const flags = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));
  it.each(flags)("2-D, transposed %s and %s", async (a, b) => {
    await expectAgreement(({ x, y }) => ops.matMul(x!, y!, a, b), {
      x: noise(a ? [5, 3] : [3, 5], 1),
      y: noise(b ? [7, 5] : [5, 7], 2),
    });
  });

  it.each(flags)("batched, transposed %s and %s", async (a, b) => {
    await expectAgreement(({ x, y }) => ops.matMul(x!, y!, a, b), {
      x: noise(a ? [2, 5, 3] : [2, 3, 5], 1),
      y: noise(b ? [2, 7, 5] : [2, 5, 7], 2),
    });
  });

  const broadcasts: [string, number[], number[]][] = [
    ["the batch of the right", [2, 3, 4], [1, 4, 5]],
    ["a plain matrix on the right", [2, 2, 3, 4], [4, 5]],
    ["a plain matrix on the left", [3, 4], [2, 4, 5]],
  ];
  it.each(broadcasts)("with a broadcast batch: %s", async (_, x, y) => {
    const inputs = { x: noise(x, 1), y: noise(y, 2) };
    const build = ({ x, y }: Record<string, ops.Tensor>) => ops.matMul(x!, y!);
    await expectAgreement(build, inputs);
    await expectTrueGradients(compiled, build, inputs);
  });

  it("refuses batches that are broadcast both ways, which TensorFlow.js confuses", async () => {
    const inputs = { x: noise([2, 1, 3, 4]), y: noise([1, 3, 4, 2]) };
    await expect(expectAgreement(({ x, y }) => ops.matMul(x!, y!), inputs)).rejects.toThrow(
      /BatchMatMul cannot be compiled/,
    );
  });

  it("of a transposed tensor", async () => {
    await expectAgreement(({ x, y }) => ops.matMul(ops.transpose(x!), ops.transpose(y!)), {
      x: noise([5, 3], 1),
      y: noise([7, 5], 2),
    });
  });
});
