// What may be written over must not be read afterwards, or a step computes with numbers of the next one.
import { describe, expect, it } from "vitest";
import * as ops from "../ops.ts";
import type { Device, Step, TensorMap } from "../step.ts";
import { compiled, eager, noise } from "../testing/both-devices.ts";
import { traceStep } from "./trace-step.ts";

const SHAPE = [2, 3];

function inPlace(next: (value: ops.Tensor, x: ops.Tensor) => { value: ops.Tensor; outputs?: TensorMap }) {
  const step: Step = {
    name: "in place",
    state: { value: { shape: SHAPE, dtype: "float32" } },
    constants: {},
    batch: { x: { shape: SHAPE, dtype: "float32" } },
    scalars: [],
    run({ state, batch }) {
      const { value, outputs = {} } = next(state.value!, batch.x!);
      return { state: { value }, outputs };
    },
  };
  return traceStep(step).inPlaceState;
}

describe("state that may be overwritten while the step runs", () => {
  it("is a moving average, read once and element by element", () => {
    expect(inPlace((value, x) => ({ value: ops.add(ops.mul(value, 0.9), x) }))).toEqual(["value"]);
    expect(inPlace((value, x) => ({ value: ops.sub(value, x) }))).toEqual(["value"]);
  });

  it("is not what something else reads too, perhaps later", () => {
    const read = (value: ops.Tensor, x: ops.Tensor) => ({
      value: ops.add(ops.mul(value, 0.9), x),
      outputs: { seen: ops.matMul(value as ops.Tensor2D, ops.transpose(x) as ops.Tensor2D) },
    });
    expect(inPlace(read)).toEqual([]);
  });

  it("is not what its new value mixes across elements", () => {
    const turned = (value: ops.Tensor, x: ops.Tensor) => ({
      value: ops.add(ops.reshape(ops.transpose(value), SHAPE), x),
    });
    expect(inPlace(turned)).toEqual([]);
    expect(inPlace((value) => ({ value: ops.softmax(value) }))).toEqual([]);
  });

  it("is not what is read through a view into a second place", () => {
    const split = (value: ops.Tensor, x: ops.Tensor) => ({
      value: ops.add(ops.mul(value, 0.9), x),
      outputs: { flat: ops.mul(ops.reshape(value, [6]), 2) },
    });
    expect(inPlace(split)).toEqual([]);
  });
});

/** The state after three runs over a matrix or an image that is mixed into it. */
async function afterThree(device: Device, shape: number[], mix: (x: ops.Tensor) => ops.Tensor) {
  const step: Step = {
    name: "rearranged",
    state: { value: { shape, dtype: "float32" } },
    constants: {},
    batch: { x: { shape, dtype: "float32" } },
    scalars: [],
    run: ({ state, batch }) => ({ state: { value: ops.add(state.value!, mix(batch.x!)) }, outputs: {} }),
  };
  expect(traceStep(step).inPlaceState).toEqual(["value"]);
  const program = await device.compile(step, { value: noise(shape, 1) });
  for (let run = 0; run < 3; run++) await program.run({ x: noise(shape, 2 + run).data });
  const { value } = await program.readState();
  await program.dispose();
  return value!.data;
}

// ONNX Runtime makes one node of a product and the addition behind it, and moves transposes past additions.
it.each([
  ["a matrix product", [8, 8], (x: ops.Tensor) => ops.matMul(x as ops.Tensor2D, x as ops.Tensor2D)],
  [
    "a convolution",
    [1, 6, 6, 16],
    (x: ops.Tensor) =>
      ops.conv2d(
        x as ops.Tensor4D,
        ops.tensor(noise([3, 3, 16, 16]).data, [3, 3, 16, 16]) as ops.Tensor4D,
        1,
        "same",
      ),
  ],
] as const)(
  "overwritten state is right where ONNX Runtime rearranges the addition of %s",
  async (_, shape, mix) => {
    const expected = await afterThree(eager, [...shape], mix);
    expect(await afterThree(compiled, [...shape], mix)).toBeAllClose(expected, { rtol: 1e-4, atol: 1e-4 });
  },
);
