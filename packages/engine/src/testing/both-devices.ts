// Runs the same piece of a step on the eager reference and on the compiled device, and compares.
import { expect } from "vitest";
import { openEagerDevice } from "../eager.ts";
import { mapValues, sizeOf } from "../host-data.ts";
import { openOnnxDevice } from "../onnx/device.ts";
import * as ops from "../ops.ts";
import type { Device, DType, Step, TensorData, TensorDataMap, TensorMap } from "../step.ts";
import type { Tolerance } from "./all-close.ts";
import "./all-close.ts";

export const KERNEL_TOLERANCE: Tolerance = { rtol: 1e-4, atol: 1e-5 };

export const eager = openEagerDevice();
export const compiled = openOnnxDevice("onnx-cpu", { threads: 1 });

/** Numbers in [-1, 1) that look random and are the same in every run (mulberry32). */
export function noise(shape: readonly number[], seed = 1, scale = 1): TensorData {
  let state = seed >>> 0;
  const data = Float32Array.from({ length: sizeOf(shape) }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * scale;
  });
  return { shape, dtype: "float32", data };
}

export function integers(shape: readonly number[], values: readonly number[]): TensorData {
  return { shape, dtype: "int32", data: Int32Array.from(values) };
}

export function floats(shape: readonly number[], values: readonly number[]): TensorData {
  return { shape, dtype: "float32", data: Float32Array.from(values) };
}

export type Build = (inputs: Record<string, ops.Tensor>) => ops.Tensor | ops.Tensor[];

export function stepOf(
  build: Build,
  inputs: TensorDataMap,
  home: "state" | "batch",
  isDifferentiated: boolean,
): Step {
  const specs = mapValues(inputs, ({ shape, dtype }) => ({ shape, dtype }));
  const floatNames = Object.keys(inputs).filter((name) => inputs[name]!.dtype === "float32");
  return {
    name: "kernel",
    state: home === "state" ? specs : {},
    batch: home === "batch" ? specs : {},
    constants: {},
    scalars: [],
    run({ state, batch }) {
      const given = home === "state" ? state : batch;
      if (!isDifferentiated) return { state, outputs: named([build({ ...given })].flat()) };
      const floatInputs = Object.fromEntries(floatNames.map((name) => [name, given[name]!]));
      const { loss, aux, grads } = ops.valueAndNamedGrads<string, string>((variables) => {
        const results = [build({ ...given, ...variables })].flat();
        return { loss: weightedSum(results), aux: named(results) };
      }, floatInputs);
      return { state, outputs: { loss, ...aux, ...mapValues(grads, (gradient) => gradient) } };
    },
  };
}

/** A loss in which every element of the results weighs differently, so that no gradient is uniform. */
function weightedSum(results: readonly ops.Tensor[]): ops.Tensor {
  const terms = results.map((result, index) => {
    const weights = noise(result.shape, 77 + index);
    return ops.sum(ops.mul(result, ops.tensor(weights.data, [...weights.shape])));
  });
  return terms.reduce((a, b) => ops.add(a, b));
}

function named(results: readonly ops.Tensor[]): TensorMap {
  return Object.fromEntries(results.map((result, index) => [`result${index}`, result]));
}

export async function runOn(device: Device, step: Step, inputs: TensorDataMap) {
  const program = await device.compile(
    step,
    step.state === undefined ? {} : pick(inputs, Object.keys(step.state)),
  );
  try {
    const outputs = await program.run(mapValues(pick(inputs, Object.keys(step.batch)), ({ data }) => data));
    return mapValues(outputs, (data, name): TensorData => ({ ...program.outputs[name]!, data }));
  } finally {
    await program.dispose();
  }
}

function pick(inputs: TensorDataMap, names: readonly string[]): TensorDataMap {
  return Object.fromEntries(names.map((name) => [name, inputs[name]!]));
}

/**
 * The compiled device must agree with the eager one on `build`, its inputs once as state (filters then lie in memory as
 * OIHW) and once as batch; with `gradient`, on the gradients in all float inputs too.
 */
export async function expectAgreement(
  build: Build,
  inputs: TensorDataMap,
  { gradient = true, tolerance = KERNEL_TOLERANCE }: { gradient?: boolean; tolerance?: Tolerance } = {},
): Promise<void> {
  for (const home of ["state", "batch"] as const) {
    const step = stepOf(build, inputs, home, gradient);
    const expected = await runOn(eager, step, inputs);
    const came = await runOn(compiled, step, inputs);
    expect(mapValues(came, specOf)).toEqual(mapValues(expected, specOf));
    for (const [name, { data }] of Object.entries(expected)) {
      expect(came[name]!.data, `${name}, inputs as ${home}`).toBeAllClose(data, tolerance);
    }
  }
}

function specOf({ shape, dtype }: TensorData): { shape: readonly number[]; dtype: DType } {
  return { shape: [...shape], dtype };
}
