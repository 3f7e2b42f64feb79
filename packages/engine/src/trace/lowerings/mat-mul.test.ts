// Matrix products against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { expectAgreement, noise } from "../../testing/both-devices.ts";

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

  it("of a transposed tensor", async () => {
    await expectAgreement(({ x, y }) => ops.matMul(ops.transpose(x!), ops.transpose(y!)), {
      x: noise([5, 3], 1),
      y: noise([7, 5], 2),
    });
  });
});
