// Kernels that move elements, against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { expectAgreement, noise } from "../../testing/both-devices.ts";

describe("shapes", () => {
  it("reshape, squeeze, expandDims, in any layout", async () => {
    await expectAgreement(
      ({ x }) => [
        ops.reshape(x!, [6, 20]),
        ops.reshape(x!, [2, 1, 3, 5, 4]),
        ops.expandDims(ops.sum(x!, 3), 3),
        ops.squeeze(ops.slice(x!, [0, 1, 0, 0], [2, 1, 5, 4])),
        ops.mul(ops.reshape(ops.mean(x!, [1, 2]), [2, 1, 1, 4]), x!),
      ],
      { x: noise([2, 3, 5, 4]) },
    );
  });

  it("transpose", async () => {
    await expectAgreement(
      ({ x }) => [
        ops.transpose(x!, [0, 3, 1, 2]),
        ops.add(ops.transpose(x!, [3, 2, 1, 0]), 1),
        ops.transpose(x!),
      ],
      { x: noise([2, 3, 5, 4]) },
    );
  });

  it("concat and stack along every axis", async () => {
    const inputs = { a: noise([2, 3, 5, 4], 1), b: noise([2, 3, 5, 4], 2) };
    await expectAgreement(
      ({ a, b }) =>
        [0, 1, 2, 3].flatMap((axis) => [ops.concat([a!, b!], axis), ops.stack([a!, ops.neg(b!)], axis)]),
      inputs,
    );
  });

  it("slice, split, unstack", async () => {
    await expectAgreement(
      ({ x }) => [
        ops.slice(x!, [0, 1, 2, 1], [1, -1, 3, 2]),
        ops.slice(x!, 1),
        ...ops.split(x!, 2, 3),
        ...ops.split(x!, [1, 2, 2], 2),
        ...ops.unstack(x!, 1),
      ],
      { x: noise([2, 3, 5, 4]) },
    );
  });
});
