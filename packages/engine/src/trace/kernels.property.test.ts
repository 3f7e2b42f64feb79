// Kernels on shapes, strides and paddings that nobody thought of. The seed is fixed, so that a failure is everybody's;
// fast-check prints the smallest case that fails.
import fc from "fast-check";
import { describe, it } from "vitest";
import { sizeOf } from "../host-data.ts";
import * as ops from "../ops.ts";
import { expectAgreement, noise } from "../testing/both-devices.ts";
import { identity } from "./layout.ts";

type T4 = ops.Tensor4D;
type T5 = ops.Tensor5D;
type Pair = [number, number];
type Triple = [number, number, number];

const SETTINGS = { seed: 20_260, numRuns: 25 };

interface WindowCase {
  readonly batch: number;
  readonly space: number[];
  readonly kernel: number[];
  readonly strides: number[];
  readonly pad: ops.Padding;
  readonly from: number;
  readonly to: number;
}

/**
 * Windows over two or three axes. Left out is what TensorFlow.js misplaces and the tracer therefore refuses: in 2-D one
 * number for a padding with kernels or strides that are not square, in 3-D "same" with strides longer than the kernel.
 */
const windowCases = (axes: 2 | 3): fc.Arbitrary<WindowCase> => {
  const lengths = (min: number, max: number) =>
    fc.array(fc.integer({ min, max }), { minLength: axes, maxLength: axes });
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 2 }),
      space: lengths(3, axes === 2 ? 8 : 5),
      kernel: lengths(1, 3),
      strides: lengths(1, 3),
      pad: fc.constantFrom<ops.Padding>("same", "valid", 0, 1),
      from: fc.integer({ min: 1, max: 4 }),
      to: fc.integer({ min: 1, max: 4 }),
    })
    .map((drawn) => {
      const { pad } = drawn;
      const isSquare = axes === 2 && typeof pad === "number";
      const [kernel, steps] = [drawn.kernel, drawn.strides].map((lengths) =>
        lengths.map((length) => (isSquare ? lengths[0]! : length)),
      ) as [number[], number[]];
      const isLimited = axes === 3 && pad === "same";
      const strides = steps.map((step, axis) => (isLimited ? Math.min(step, kernel[axis]!) : step));
      return { ...drawn, kernel, strides };
    });
};

describe("whatever the window", () => {
  it("conv2d and back by conv2dTranspose, with gradients", async () => {
    await forAll(windowCases(2), async ({ batch, space, kernel, strides, pad, from, to }) => {
      await expectAgreement(
        ({ x, filter }) => {
          const steps = strides as Pair;
          const y = ops.conv2d(x as T4, filter as T4, steps, pad);
          return [y, ops.conv2dTranspose(y, filter as T4, (x as T4).shape, steps, pad)];
        },
        { x: noise([batch, ...space, from], 1), filter: noise([...kernel, from, to], 2) },
      );
    });
  });

  it("conv3d and back by conv3dTranspose, with gradients", async () => {
    await forAll(windowCases(3), async ({ batch, space, kernel, strides, pad, from, to }) => {
      await expectAgreement(
        ({ x, filter }) => {
          const steps = strides as Triple;
          const y = ops.conv3d(x as T5, filter as T5, steps, pad);
          return [y, ops.conv3dTranspose(y, filter as T5, (x as T5).shape, steps, pad)];
        },
        { x: noise([batch, ...space, from], 1), filter: noise([...kernel, from, to], 2) },
      );
    });
  });

  it("depthwiseConv2d, with gradients", async () => {
    await forAll(windowCases(2), async ({ batch, space, kernel, strides, pad, from, to }) => {
      await expectAgreement(
        ({ x, filter }) => ops.depthwiseConv2d(x as T4, filter as T4, strides as Pair, pad),
        { x: noise([batch, ...space, from], 1), filter: noise([...kernel, from, to], 2) },
      );
    });
  });

  it("conv2d dilated, forward", async () => {
    const dilated = fc.tuple(windowCases(2), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }));
    await forAll(dilated, async ([{ batch, space, kernel, pad, from, to }, down, across]) => {
      const dilations: Pair = typeof pad === "number" ? [across, across] : [down, across];
      const reach = kernel.map((length, axis) => (length - 1) * dilations[axis]! + 1);
      const large = space.map((length, axis) => Math.max(length, reach[axis]!));
      await expectAgreement(
        ({ x, filter }) => ops.conv2d(x as T4, filter as T4, 1, pad, "NHWC", dilations),
        { x: noise([batch, ...large, from], 1), filter: noise([...kernel, from, to], 2) },
        { gradient: false },
      );
    });
  });

  it("pooling over two and three axes, with gradients", async () => {
    const cases = fc.oneof(windowCases(2), windowCases(3));
    await forAll(cases, async ({ batch, space, kernel, strides, pad, from }) => {
      // A window that lies in the padding alone has no mean.
      const padding = (kernel.includes(1) && typeof pad === "number" ? 0 : pad) as "same";
      await expectAgreement(
        ({ x }) =>
          space.length === 2
            ? [
                ops.maxPool(x as T4, kernel as Pair, strides as Pair, padding),
                ops.avgPool(x as T4, kernel as Pair, strides as Pair, padding),
              ]
            : [
                ops.maxPool3d(x as T5, kernel as Triple, strides as Triple, padding),
                ops.avgPool3d(x as T5, kernel as Triple, strides as Triple, padding),
              ],
        { x: noise([batch, ...space, from], 1) },
      );
    });
  });
});

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });

describe("whatever the shape", () => {
  it("arithmetic broadcasts, with gradients", async () => {
    const arithmetic = { add: ops.add, sub: ops.sub, mul: ops.mul, max: ops.maximum, min: ops.minimum };
    const operand = fc.record({
      isBroadcast: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      missing: fc.nat({ max: 5 }),
    });
    const cases = fc.record({
      shape: shapes,
      a: operand,
      b: operand,
      name: fc.constantFrom(...keys(arithmetic)),
    });
    await forAll(cases, async ({ shape, a, b, name }) => {
      const shapeOf = ({ isBroadcast, missing }: typeof a) =>
        shape.map((length, axis) => (isBroadcast[axis] ? 1 : length)).slice(Math.min(missing, shape.length));
      const inputs = { a: noise(shapeOf(a), 1), b: noise(shapeOf(b), 2) };
      await expectAgreement(({ a, b }) => arithmetic[name](a!, b!), inputs);
    });
  });

  it("chains of operations that move, cut, join and reduce axes keep track of where everything lies", async () => {
    const link = fc.tuple(fc.constantFrom(...keys(LINKS)), fc.nat({ max: 1000 }));
    const chains = fc.record({ shape: shapes, links: fc.array(link, { minLength: 1, maxLength: 6 }) });
    await forAll(
      chains,
      async ({ shape, links }) => {
        const apply = (x: ops.Tensor) => links.reduce((y, [name, number]) => LINKS[name](y, number), x);
        await expectAgreement(({ x }) => apply(x!), { x: noise(shape, 3) });
      },
      60,
    );
  });
});

/** Each takes its axis and its amounts from one number. */
const LINKS = {
  transpose: (x: ops.Tensor, number: number) => ops.transpose(x, rotated(x.rank, number)),
  slice: (x: ops.Tensor, number: number) => {
    if (x.rank === 0) return x;
    const begin = x.shape.map((length, axis) => (number + axis) % length);
    return ops.slice(
      x,
      begin,
      x.shape.map((length, axis) => Math.max(1, length - begin[axis]! - (number % 2))),
    );
  },
  concat: (x: ops.Tensor, number: number) => {
    if (x.rank === 0 || x.size > 200) return x;
    return ops.concat([x, ops.neg(x), ops.onesLike(x)], number % x.rank);
  },
  flatten: (x: ops.Tensor, number: number) => {
    const cut = number % (x.rank + 1);
    return ops.reshape(x, [sizeOf(x.shape.slice(0, cut)), sizeOf(x.shape.slice(cut))]);
  },
  reduce: (x: ops.Tensor, number: number) => {
    if (x.rank === 0) return x;
    const reduce = [ops.sum, ops.mean, ops.max][number % 3]!;
    return reduce(x, [number % x.rank], number % 2 === 0);
  },
  pad: (x: ops.Tensor, number: number) => {
    if (x.rank === 0) return x;
    const amounts = x.shape.map((_, axis): Pair => [(number + axis) % 2, number % 2]);
    return ops.pad(x, amounts, number % 3);
  },
  scale: (x: ops.Tensor, number: number) => {
    if (x.rank === 0) return ops.mul(x, number % 5);
    const axis = number % x.rank;
    const shape = x.shape.map((length, index) => (index === axis ? length : 1));
    return ops.mul(x, ops.reshape(ops.range(0, x.shape[axis]!), shape));
  },
  reverse: (x: ops.Tensor, number: number) => (x.rank === 0 ? x : ops.reverse(x, number % x.rank)),
  softmax: (x: ops.Tensor) => (x.rank === 0 ? x : ops.softmax(x)),
} as const;

function rotated(rank: number, number: number): number[] {
  const axes = identity(rank);
  const turned = axes.map((axis) => (axis + number) % rank);
  return number % 2 === 0 ? turned : turned.reverse();
}

function keys<T extends object>(map: T): (keyof T)[] {
  return Object.keys(map) as (keyof T)[];
}

function forAll<T>(cases: fc.Arbitrary<T>, check: (value: T) => Promise<void>, numRuns = SETTINGS.numRuns) {
  return fc.assert(fc.asyncProperty(cases, check), { ...SETTINGS, numRuns });
}
