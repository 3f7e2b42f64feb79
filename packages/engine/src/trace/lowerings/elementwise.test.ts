// Elementwise kernels against TensorFlow.js's own `cpu` backend.
import { describe, expect, it } from "vitest";
import * as ops from "../../ops.ts";
import { expectAgreement, floats, noise } from "../../testing/both-devices.ts";

type T4 = ops.Tensor4D;

const positive = (shape: readonly number[], seed = 1) => {
  const values = noise(shape, seed);
  return { ...values, data: values.data.map((x) => Math.abs(x) + 0.3) as Float32Array };
};

describe("elementwise kernels, values and gradients", () => {
  const smooth = {
    abs: ops.abs,
    elu: ops.elu,
    exp: ops.exp,
    neg: ops.neg,
    relu: ops.relu,
    sigmoid: ops.sigmoid,
    softplus: ops.softplus,
    square: ops.square,
    tanh: ops.tanh,
    clipByValue: (x: ops.Tensor) => ops.clipByValue(x, -0.4, 0.3),
    leakyRelu: (x: ops.Tensor) => ops.leakyRelu(x, 0.2),
    cast: (x: ops.Tensor) => ops.cast(ops.cast(x, "int32"), "float32"),
  };
  it.each(Object.entries(smooth))("%s", async (_, op) => {
    await expectAgreement(({ x }) => op(x!), { x: noise([2, 3, 5, 4], 3, 3) });
  });

  const ofPositive = {
    log: ops.log,
    log1p: ops.log1p,
    reciprocal: ops.reciprocal,
    rsqrt: ops.rsqrt,
    sqrt: ops.sqrt,
  };
  it.each(Object.entries(ofPositive))("%s", async (_, op) => {
    await expectAgreement(({ x }) => op(x!), { x: positive([3, 7]) });
  });

  it.each(Object.entries({ floor: ops.floor, sign: ops.sign, step: ops.step }))("%s", async (_, op) => {
    await expectAgreement(({ x }) => op(x!), { x: noise([5, 3], 2, 4) }, { gradient: false });
  });

  const shapes: [string, number[], number[]][] = [
    ["equal shapes", [2, 3, 5, 4], [2, 3, 5, 4]],
    ["a channel vector", [2, 3, 5, 4], [4]],
    ["a scalar", [2, 3, 5, 4], []],
    ["both sides", [2, 1, 5, 1], [3, 1, 4]],
    ["a column and a row", [6, 1], [1, 5]],
    ["a lower rank on the left", [5, 4], [2, 3, 5, 4]],
  ];
  const binary = {
    add: ops.add,
    div: ops.div,
    maximum: ops.maximum,
    minimum: ops.minimum,
    mul: ops.mul,
    sub: ops.sub,
  };
  const cases = Object.entries(binary).flatMap(([name, op]) =>
    shapes.map(([label, a, b]) => [name, label, op, a, b] as const),
  );
  it.each(cases)("%s, %s", async (_, __, op, a, b) => {
    await expectAgreement(({ a, b }) => op(a!, b!), { a: noise(a, 1), b: positive(b, 2) });
  });

  it("pow", async () => {
    await expectAgreement(({ a, b }) => ops.pow(a!, b!), { a: positive([3, 4]), b: noise([4], 5) });
  });

  it.each(shapes.slice(0, 3))("prelu, %s", async (_, x, alpha) => {
    await expectAgreement(({ x, alpha }) => ops.prelu(x!, alpha!), {
      x: noise(x, 1),
      alpha: noise(alpha, 2),
    });
  });

  it("prelu of what is known to be uniform", async () => {
    await expectAgreement(
      ({ alpha }) => [ops.prelu(ops.fill([2, 3], -2), alpha!), ops.prelu(ops.fill([2, 3], 2), alpha!)],
      { alpha: noise([3]) },
    );
  });

  it("prelu refuses an alpha that is larger than x", async () => {
    const inputs = { x: noise([3, 1]), alpha: noise([3, 2]) };
    await expect(expectAgreement(({ x, alpha }) => ops.prelu(x!, alpha!), inputs)).rejects.toThrow(
      /Prelu cannot be compiled: its alpha \[3,2\] does not fit into \[3,1\]/,
    );
  });

  it("the gradient of clipping is 1 inside and at the bounds, 0 outside", async () => {
    await expectAgreement(({ x }) => ops.clipByValue(x!, -1, 2), { x: floats([5], [-1.5, -1, 0, 2, 2.5]) });
  });

  it("comparisons and logic", async () => {
    const compare = [ops.equal, ops.notEqual, ops.greater, ops.greaterEqual, ops.less, ops.lessEqual];
    const inputs = { a: floats([2, 3], [1, 2, 3, 4, 5, 6]), b: floats([3], [1, 5, 3]) };
    await expectAgreement(({ a, b }) => compare.map((op) => op(a!, b!)), inputs, { gradient: false });
    const logic = ({ a, b }: Record<string, ops.Tensor>) => {
      const [p, q] = [ops.greater(a!, 2), ops.less(b!, 4)];
      return [ops.logicalAnd(p, q), ops.logicalOr(p, q), ops.logicalNot(p)];
    };
    await expectAgreement(logic, inputs, { gradient: false });
  });

  it("where, choosing between two tensors and between a tensor and a number", async () => {
    await expectAgreement(
      ({ a, b }) => [
        ops.where(ops.greater(a!, b!), a!, b!),
        ops.where(ops.greater(a!, 0), a!, ops.zerosLike(a!)),
      ],
      { a: noise([2, 3, 4, 5], 1), b: noise([2, 3, 4, 5], 2) },
    );
  });

  it("where, with operands that are broadcast", async () => {
    await expectAgreement(({ a, b }) => ops.where(ops.greater(a!, 0), ops.mul(a!, 2), b!), {
      a: noise([2, 3, 4, 5], 1),
      b: noise([5], 2),
    });
  });

  it("addN, and sums with tensors that are known to be uniform", async () => {
    await expectAgreement(
      ({ a, b }) => [
        ops.addN([a!, b!, ops.ones([2, 3])]),
        ops.mul(a!, ops.zerosLike(b!)),
        ops.add(ops.ones([4, 2, 3]), a!),
        ops.sub(0, b!),
      ],
      { a: noise([2, 3], 1), b: noise([2, 3], 2) },
    );
  });

  it("batch normalization with given statistics", async () => {
    await expectAgreement(
      ({ x, mean, variance, beta, gamma }) =>
        ops.batchNorm(
          x as T4,
          mean as ops.Tensor1D,
          variance as ops.Tensor1D,
          beta as ops.Tensor1D,
          gamma as ops.Tensor1D,
          1e-3,
        ),
      {
        x: noise([2, 3, 5, 4]),
        mean: noise([4], 2),
        variance: positive([4], 3),
        beta: noise([4], 4),
        gamma: noise([4], 5),
      },
    );
  });
});
