// Every lowered kernel against TensorFlow.js's own `cpu` backend.
import { describe, it } from "vitest";
import * as ops from "../ops.ts";
import { expectAgreement, floats, integers, noise } from "../testing/both-devices.ts";

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
        ops.broadcastTo(ops.slice(x!, [0, 0, 0, 0], [1, 3, 1, 4]), [2, 3, 5, 4]),
      ],
      { x: noise([2, 3, 5, 4]) },
    );
  });

  it("gather rows, with the gradient summed where a row is taken twice", async () => {
    await expectAgreement(({ x, rows }) => ops.gather(x!, rows as ops.Tensor1D), {
      x: noise([5, 3]),
      rows: integers([4], [4, 0, 4, 2]),
    });
  });

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

  const pools: [string, number[], number, number, "same" | "valid"][] = [
    ["2, halving", [2, 6, 4, 3], 2, 2, "same"],
    ["2, odd sizes", [1, 7, 5, 2], 2, 2, "valid"],
    ["2, odd sizes, padded", [1, 7, 5, 2], 2, 2, "same"],
    ["3 stride 2, overlapping", [1, 7, 6, 2], 3, 2, "same"],
  ];
  it.each(pools)("maxPool and avgPool %s", async (_, shape, size, strides, pad) => {
    const x = noise(shape);
    await expectAgreement(({ x }) => ops.maxPool(x as T4, size, strides, pad), { x });
    // TensorFlow.js's own gradient divides by the whole window even where part of it is padding: see below.
    const gradient = pad === "valid" || shape.every((length) => length % size === 0);
    await expectAgreement(({ x }) => ops.avgPool(x as T4, size, strides, pad), { x }, { gradient });
  });

  it("maxPool after relu: of equal values the first takes the gradient", async () => {
    const x = floats([1, 2, 4, 1], [-1, -2, 3, 3, -3, -4, 3, 3]);
    await expectAgreement(({ x }) => ops.maxPool(ops.relu(x as T4), 2, 2, "valid"), { x });
  });
});

describe("pieces of this package", () => {
  it("batchNormTraining: values, batch statistics, all three gradients", async () => {
    await expectAgreement(
      ({ x, gamma, beta }) => {
        const { y, mean, variance } = ops.batchNormTraining(
          x as T4,
          gamma as ops.Tensor1D,
          beta as ops.Tensor1D,
        );
        return [y, mean, variance];
      },
      { x: noise([2, 5, 3, 4], 1, 2), gamma: noise([4], 2), beta: noise([4], 3) },
    );
  });

  it("l2Normalize keeps a zero row at zero, with a finite gradient", async () => {
    await expectAgreement(({ x }) => ops.l2Normalize(x!), { x: floats([3, 2], [3, 4, 0, 0, -1e-3, 2e-3]) });
  });

  it("stopGradient stops it", async () => {
    await expectAgreement(({ x }) => ops.mul(x!, ops.stopGradient(ops.square(x!))), { x: noise([4]) });
  });
});
