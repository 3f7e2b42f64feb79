// Convolution over three axes: against TensorFlow.js's `cpu` backend, and that against a direct loop, because fewer
// people have looked at its kernels.
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../host-data.ts";
import * as ops from "../../ops.ts";
import type { Step, TensorData } from "../../step.ts";
import { compiled, eager, expectAgreement, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

type T5 = ops.Tensor5D;
type Triple = [number, number, number];
type Shape5 = [number, number, number, number, number];

const convolutions: [string, Shape5, Shape5, Triple, ops.Padding][] = [
  ["3×3×3 same", [2, 3, 5, 4, 2], [3, 3, 3, 2, 3], [1, 1, 1], "same"],
  ["3×3×3 stride 1, 2, 2, padding 1", [2, 4, 6, 5, 2], [3, 3, 3, 2, 3], [1, 2, 2], 1],
  ["3×3×3 stride 2, padding 1", [1, 4, 6, 8, 3], [3, 3, 3, 3, 2], [2, 2, 2], 1],
  ["3×3×3 stride 2 same, even and odd", [1, 4, 5, 6, 2], [3, 3, 3, 2, 2], [2, 2, 2], "same"],
  ["1×3×2 valid", [1, 2, 5, 4, 2], [1, 3, 2, 2, 3], [1, 1, 1], "valid"],
  ["more channels in than out", [2, 3, 3, 4, 5], [3, 3, 3, 5, 2], [1, 1, 1], "same"],
  ["1×1×1", [2, 2, 3, 2, 3], [1, 1, 1, 3, 4], [1, 1, 1], "valid"],
];

// PyTorch's padding 1 and output padding 1 are a length doubled by pad 1.
const transposed: [string, Shape5, Shape5, Shape5, Triple, ops.Padding][] = [
  ["doubling all axes, padding 1", [1, 2, 3, 2, 3], [3, 3, 3, 2, 3], [1, 4, 6, 4, 2], [2, 2, 2], 1],
  ["doubling the plane, padding 1", [2, 3, 2, 3, 2], [3, 3, 3, 1, 2], [2, 3, 4, 6, 1], [1, 2, 2], 1],
  ["doubling all axes, same", [1, 2, 3, 2, 3], [3, 3, 3, 2, 3], [1, 4, 6, 4, 2], [2, 2, 2], "same"],
  ["stride 1, valid", [1, 2, 3, 2, 2], [2, 3, 1, 3, 2], [1, 3, 5, 2, 3], [1, 1, 1], "valid"],
];

describe("conv3d", () => {
  it.each(convolutions)("%s, values and gradients", async (_, x, filter, strides, pad) => {
    await expectAgreement(({ x, filter }) => ops.conv3d(x as T5, filter as T5, strides, pad), {
      x: noise(x, 1),
      filter: noise(filter, 2),
    });
  });

  it.each(transposed)("transposed, %s, values and gradients", async (_, x, filter, out, strides, pad) => {
    await expectAgreement(({ x, filter }) => ops.conv3dTranspose(x as T5, filter as T5, out, strides, pad), {
      x: noise(x, 1),
      filter: noise(filter, 2),
    });
  });

  it("refuses what TensorFlow.js misplaces: padding same with strides longer than the kernel", async () => {
    const inputs = { x: noise([1, 4, 4, 4, 1]), filter: noise([1, 1, 1, 1, 1]) };
    const build = ({ x, filter }: Record<string, ops.Tensor>) => ops.conv3d(x as T5, filter as T5, 2, "same");
    await expect(expectAgreement(build, inputs)).rejects.toThrow(
      /Conv3D cannot be compiled: .*misplaces its windows .*kernel 1×1×1, strides 2×2×2/,
    );
  });
});

describe("the reference itself", () => {
  it.each(convolutions.slice(0, 4))(
    "conv3d %s is the sum over taps",
    async (_, xShape, shape, strides, pad) => {
      const [x, filter] = [noise(xShape, 1), noise(shape, 2)];
      const came = await eagerly(({ x, filter }) => ops.conv3d(x as T5, filter as T5, strides, pad), {
        x,
        filter,
      });
      const expected = new Float32Array(came.data.length);
      const front = [0, 1, 2].map((axis) =>
        frontPadding(xShape[axis + 1]!, shape[axis]!, strides[axis]!, pad),
      );
      forEachTap(came.shape as Shape5, xShape, shape, strides, front, (target, source, tap) => {
        expected[target]! += x.data[source]! * filter.data[tap]!;
      });
      expect(came.data).toBeAllClose(expected, { rtol: 1e-5, atol: 1e-5 });
    },
  );

  it.each(transposed.slice(0, 3))(
    "transposed, %s, spreads each element over its window",
    async (_, xShape, shape, out, strides, pad) => {
      const [x, filter] = [noise(xShape, 1), noise(shape, 2)];
      const came = await eagerly(
        ({ x, filter }) => ops.conv3dTranspose(x as T5, filter as T5, out, strides, pad),
        { x, filter },
      );
      const expected = new Float32Array(came.data.length);
      const front = [0, 1, 2].map((axis) => frontPadding(out[axis + 1]!, shape[axis]!, strides[axis]!, pad));
      forEachTap(xShape, out, shape, strides, front, (source, target, tap) => {
        expected[target]! += x.data[source]! * filter.data[tap]!;
      });
      expect(came.data).toBeAllClose(expected, { rtol: 1e-5, atol: 1e-5 });
    },
  );

  it("conv3d's gradients are those of central differences", async () => {
    await expectTrueGradients(compiled, ({ x, filter }) => ops.conv3d(x as T5, filter as T5, [1, 2, 2], 1), {
      x: noise([1, 2, 4, 3, 2], 1),
      filter: noise([3, 3, 3, 2, 1], 2),
    });
  });

  it("conv3dTranspose's gradients, which TensorFlow.js lacks, are those of central differences", async () => {
    await expectTrueGradients(
      compiled,
      ({ x, filter }) => ops.conv3dTranspose(x as T5, filter as T5, [1, 2, 4, 4, 1], [1, 2, 2], 1),
      { x: noise([1, 2, 2, 2, 2], 1), filter: noise([3, 3, 3, 1, 2], 2) },
    );
  });
});

async function eagerly(
  build: (inputs: Record<string, ops.Tensor>) => ops.Tensor,
  inputs: Record<string, TensorData>,
): Promise<TensorData> {
  const step: Step = {
    name: "reference",
    state: {},
    constants: inputs,
    batch: {},
    scalars: [],
    run: ({ constants }) => ({ state: {}, outputs: { y: build({ ...constants }) } }),
  };
  const program = await eager.compile(step, {});
  const { y } = await program.run({});
  await program.dispose();
  return { ...program.outputs.y!, data: y! };
}

function frontPadding(length: number, kernel: number, stride: number, pad: ops.Padding): number {
  if (pad !== "same") return pad === "valid" ? 0 : pad;
  return Math.floor(((Math.ceil(length / stride) - 1) * stride + kernel - length) / 2);
}

/** Each pair of a small and a large pixel that a convolution from large to small joins, and the tap that joins them. */
function forEachTap(
  small: Shape5,
  large: Shape5,
  [kd, kh, kw, largeChannels, smallChannels]: Shape5,
  strides: Triple,
  front: readonly number[],
  visit: (small: number, large: number, tap: number) => void,
): void {
  const flat = (shape: readonly number[], index: readonly number[]) =>
    index.reduce((sum, position, axis) => sum + position * sizeOf(shape.slice(axis + 1)), 0);
  const kernel = [kd, kh, kw, largeChannels, smallChannels];
  for (const [b, z, y, x, o] of indicesOf(small)) {
    for (const [i, j, k, c] of indicesOf([kd, kh, kw, largeChannels])) {
      const place = [z!, y!, x!].map((at, axis) => at * strides[axis]! - front[axis]! + [i!, j!, k!][axis]!);
      if (place.some((at, axis) => at < 0 || at >= large[axis + 1]!)) continue;
      visit(
        flat(small, [b!, z!, y!, x!, o!]),
        flat(large, [b!, ...place, c!]),
        flat(kernel, [i!, j!, k!, c!, o!]),
      );
    }
  }
}

function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (lists, length) => lists.flatMap((list) => Array.from({ length }, (_, index) => [...list, index])),
    [[]],
  );
}
