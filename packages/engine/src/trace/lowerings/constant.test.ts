// Constants against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { expectAgreement, noise } from "../../testing/both-devices.ts";

describe("constants", () => {
  it("constants: fill, range, eye, ones, zeros, tensor", async () => {
    await expectAgreement(
      ({ x }) => [
        ops.add(x!, ops.fill([3, 3], 2.5)),
        ops.mul(x!, ops.eye(3)),
        ops.add(x!, ops.range(0, 3)),
        ops.concat([x!, ops.ones([1, 3]), ops.zeros([2, 3])], 0),
        ops.mul(x!, ops.tensor([1, 2, 3])),
        ops.matMul(
          x!,
          ops.tensor2d([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        ),
      ],
      { x: noise([3, 3]) },
    );
  });
});
