// Picking by number, against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import type { TensorData } from "../../step.ts";
import { compiled, expectAgreement, integers, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

const numbers = (shape: readonly number[], below: number): TensorData =>
  integers(
    shape,
    Array.from(noise(shape, 8).data, (x) => Math.floor(((x + 1) / 2) * below)),
  );

describe("gather", () => {
  it("gather rows, with the gradient summed where a row is taken twice", async () => {
    await expectAgreement(({ x, rows }) => ops.gather(x!, rows as ops.Tensor1D), {
      x: noise([5, 3]),
      rows: integers([4], [4, 0, 4, 2]),
    });
  });

  const cases: [string, number[], number[], number, number][] = [
    ["the second axis", [3, 5, 2], [4], 1, 0],
    ["the last axis, counted from the end, by a matrix", [3, 5], [2, 4], -1, 0],
    ["the second axis, row by row", [3, 5], [3, 4], 1, 1],
    ["the second axis, batch by batch", [3, 5, 2], [3, 4], 1, 1],
    ["the third axis, batch by batch", [2, 4, 5, 3], [2, 3], 2, 1],
    ["by two batch axes", [2, 3, 5, 2], [2, 3, 4], 2, 2],
    ["one number per row", [4, 5], [4], 1, 1],
  ];
  it.each(cases)("picks along %s", async (_, x, indices, axis, batchDims) => {
    const places = numbers(indices, x.at(axis)!);
    const build = ({ x, places }: Record<string, ops.Tensor>) => ops.gather(x!, places!, axis, batchDims);
    await expectAgreement(build, { x: noise(x), places });
    const fixed = ({ x }: Record<string, ops.Tensor>) =>
      ops.gather(x!, ops.tensor(places.data, [...indices], "int32"), axis, batchDims);
    await expectTrueGradients(compiled, fixed, { x: noise(x) });
  });
});
