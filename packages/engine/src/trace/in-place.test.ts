// What may be written over must not be read afterwards, or a step computes with numbers of the next one.
import { describe, expect, it } from "vitest";
import * as ops from "../ops.ts";
import type { Step, TensorMap } from "../step.ts";
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
