// Gradients against finite differences of the loss they belong to: the one check that does not trust differentiation.
import { expect } from "vitest";
import { mapValues } from "../host-data.ts";
import * as ops from "../ops.ts";
import type { Device, Program, Step, TensorDataMap, TensorMap } from "../step.ts";
import { noise } from "./both-devices.ts";

/**
 * Offsets and weights of the central difference of fourth order, f'(x) ≈ Σ w·f(x + o·h)/h, wrong by h⁴·f⁽⁵⁾/30. A high
 * order allows a wide step, which float32 needs: the rounding of the loss is divided by the step.
 */
const STENCIL = [
  [-2, 1 / 12],
  [-1, -8 / 12],
  [1, 8 / 12],
  [2, -1 / 12],
] as const;

/**
 * Every element of every gradient of Σ weights·build(inputs), the weights being noise, must be its finite difference.
 *
 * With losses of order 1 in float32, a difference over h = 0.03 is wrong by about 1e-7·1.5/h = 5e-6 from rounding and
 * by 3e-8·f⁽⁵⁾ from its order: the tolerance of 1e-3, relative to the largest element of that gradient, leaves room for
 * fifth derivatives of a few thousand, and is far below what any wrong term would make.
 */
export async function expectTrueGradients(
  device: Device,
  build: (inputs: TensorMap) => ops.Tensor,
  inputs: TensorDataMap,
  { h = 0.03, tolerance = 1e-3 } = {},
): Promise<void> {
  const data = mapValues(inputs, (input) => input.data as Float32Array);
  const gradients = await gradientsAt(device, stepOf(build, inputs, "gradients"), data);
  const program = await device.compile(stepOf(build, inputs, "loss"), {});
  try {
    for (const [name, values] of Object.entries(data)) {
      const gradient = gradients[name] as Float32Array;
      const largest = Math.max(...gradient.map(Math.abs));
      expect(largest, `gradient in ${name}`).toBeGreaterThan(0.01);
      for (const index of values.keys()) {
        const difference = await differenceAt(program, data, name, index, h);
        const error = Math.abs(gradient[index]! - difference) / largest;
        expect(
          error,
          `${name}[${index}]: ${gradient[index]} by gradient, ${difference} by difference`,
        ).toBeLessThan(tolerance);
      }
    }
  } finally {
    await program.dispose();
  }
}

async function gradientsAt(device: Device, step: Step, data: Record<string, Float32Array>) {
  const program = await device.compile(step, {});
  try {
    return await program.run(data);
  } finally {
    await program.dispose();
  }
}

/** Two steps, because the loss alone, which is wanted hundreds of times, is a third of the work. */
function stepOf(
  build: (inputs: TensorMap) => ops.Tensor,
  inputs: TensorDataMap,
  wanted: "loss" | "gradients",
): Step {
  const lossOf = (variables: TensorMap) => {
    const result = build(variables);
    const weights = noise(result.shape, 77);
    return ops.sum(ops.mul(result, ops.tensor(weights.data, [...weights.shape])));
  };
  return {
    name: "finite-differences",
    state: {},
    constants: {},
    batch: mapValues(inputs, ({ shape, dtype }) => ({ shape, dtype })),
    scalars: [],
    run({ batch }) {
      if (wanted === "loss") return { state: {}, outputs: { loss: lossOf(batch) } };
      const { grads } = ops.valueAndNamedGrads(
        (variables: TensorMap) => ({ loss: lossOf(variables) }),
        batch,
      );
      return { state: {}, outputs: grads };
    },
  };
}

async function differenceAt(
  program: Program,
  data: Record<string, Float32Array>,
  name: string,
  index: number,
  h: number,
): Promise<number> {
  let difference = 0;
  for (const [offset, weight] of STENCIL) {
    const moved = data[name]!.slice();
    moved[index]! += offset * h;
    const { loss } = await program.run({ ...data, [name]: moved });
    difference += (weight * loss![0]!) / h;
  }
  return difference;
}
