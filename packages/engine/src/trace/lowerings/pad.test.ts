// Kernels that enlarge a tensor or turn it round, against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { compiled, expectAgreement, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

describe("padding, tiling, turning round", () => {
  it("pad, tile, broadcastTo, reverse", async () => {
    await expectAgreement(
      ({ x }) => [
        ops.pad(x!, [
          [1, 0],
          [0, 2],
          [1, 1],
          [0, 3],
        ]),
        ops.tile(x!, [1, 2, 1, 3]),
        ops.reverse(x!, [0, 3]),
        ops.reverse(ops.mean(x!, [1, 2]), 1),
        ops.broadcastTo(ops.slice(x!, [0, 0, 0, 0], [1, 3, 1, 4]), [2, 3, 5, 4]),
      ],
      { x: noise([2, 3, 5, 4]) },
    );
  });

  const borders: [number, number][] = [
    [0, 0],
    [1, 2],
    [3, 0],
    [0, 1],
  ];
  it.each(["reflect", "symmetric"] as const)("mirrorPad %s", async (mode) => {
    const build = ({ x }: Record<string, ops.Tensor>) => ops.mirrorPad(x!, borders, mode);
    await expectAgreement(build, { x: noise([2, 3, 5, 4]) });
    await expectTrueGradients(compiled, build, { x: noise([1, 3, 4, 2]) });
  });
});
