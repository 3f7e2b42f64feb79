// Resizing against TensorFlow.js's own `cpu` backend, and its gradients, which are ours, against central differences.
import { describe, it } from "vitest";
import * as ops from "../../ops.ts";
import { compiled, expectAgreement, floats, noise } from "../../testing/both-devices.ts";
import { expectTrueGradients } from "../../testing/finite-differences.ts";

type T4 = ops.Tensor4D;

const KINDS = { resizeBilinear: ops.resizeBilinear, resizeNearestNeighbor: ops.resizeNearestNeighbor };
const RULES: [string, boolean, boolean][] = [
  ["corners aligned", true, false],
  ["half-pixel centers", false, true],
  ["neither", false, false],
];
const SIZES: [string, number[], [number, number]][] = [
  ["doubled", [2, 3, 4, 3], [6, 8]],
  ["enlarged to odd sizes", [1, 3, 2, 2], [7, 5]],
  ["made smaller", [2, 8, 7, 2], [3, 4]],
  ["to one row", [1, 4, 3, 2], [1, 6]],
  ["from one row", [1, 1, 3, 2], [4, 3]],
];

describe.each(Object.entries(KINDS))("%s", (_, resize) => {
  const cases = RULES.flatMap(([rule, ...flags]) =>
    SIZES.map((size) => [rule, size[0], flags, size] as const),
  );
  it.each(cases)("%s, %s", async (_rule, _size, [alignCorners, halfPixelCenters], [, shape, size]) => {
    const build = ({ x }: Record<string, ops.Tensor>) =>
      resize(x as T4, size, alignCorners, halfPixelCenters);
    await expectAgreement(build, { x: noise(shape) });
    await expectTrueGradients(compiled, build, { x: noise([1, shape[1]!, shape[2]!, 1]) });
  });

  it("leaves a uniform image uniform", async () => {
    await expectAgreement(({ x }) => ops.mul(resize(ops.fill([1, 2, 2, 1], 3) as T4, [4, 4]), x!), {
      x: floats([1], [2]),
    });
  });
});
