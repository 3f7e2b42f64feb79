// Values on the host, and the checks that every device makes on what it is handed.
import { AppError } from "@engram/core";
import type { DType, Step, TensorData, TensorDataMap, TensorSpec } from "./step.ts";

export function mapValues<K extends string, V, W>(
  map: Readonly<Record<K, V>>,
  convert: (value: V, name: K) => W,
): Record<K, W> {
  const entries = Object.entries(map) as [K, V][];
  return Object.fromEntries(entries.map(([name, value]) => [name, convert(value, name)])) as Record<K, W>;
}

/** Of a tensor of this shape: how many values. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function typedArray(dtype: DType, length: number): TensorData["data"] {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "int32":
      return new Int32Array(length);
    case "bool":
      return new Uint8Array(length);
    default:
      throw dtype satisfies never;
  }
}

/** @throws AppError BAD_INPUT where names, shapes, dtypes or lengths are not those of `step.state` */
export function checkState(step: Step, state: TensorDataMap): void {
  checkNames(step, "state", Object.keys(step.state), Object.keys(state));
  for (const [name, spec] of Object.entries(step.state)) {
    const given = state[name]!;
    const isSame = given.dtype === spec.dtype && given.shape.join() === spec.shape.join();
    if (!isSame) throw mismatch(step, `state "${name}"`, describe(spec), describe(given));
    checkData(step, `state "${name}"`, spec, given.data);
  }
}

/** @throws AppError BAD_INPUT where names, array types or lengths are not those of `step.batch` */
export function checkBatch(step: Step, batch: Readonly<Record<string, TensorData["data"]>>): void {
  checkNames(step, "batch", Object.keys(step.batch), Object.keys(batch));
  for (const [name, spec] of Object.entries(step.batch))
    checkData(step, `batch "${name}"`, spec, batch[name]!);
}

/** @throws AppError BAD_INPUT where a scalar of the step is missing or not a number, or an unknown one was given */
export function checkScalars(step: Step, scalars: Readonly<Record<string, number>>): void {
  checkNames(step, "scalars", step.scalars, Object.keys(scalars));
  for (const name of step.scalars) {
    if (Number.isNaN(scalars[name])) throw mismatch(step, `scalar "${name}"`, "a number", "NaN");
  }
}

function checkNames(step: Step, what: string, expected: readonly string[], given: readonly string[]): void {
  const missing = expected.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !expected.includes(name));
  if (missing.length > 0) throw mismatch(step, what, `"${missing.join('", "')}"`, "nothing under that name");
  if (unknown.length > 0)
    throw mismatch(step, what, "the names the step declares", `"${unknown.join('", "')}"`);
}

function checkData(step: Step, what: string, spec: TensorSpec, data: TensorData["data"]): void {
  const model = typedArray(spec.dtype, 0);
  const length = sizeOf(spec.shape);
  if (data.constructor === model.constructor && data.length === length) return;
  throw mismatch(
    step,
    what,
    `a ${model.constructor.name} of ${length} for ${describe(spec)}`,
    `a ${data.constructor.name} of ${data.length}`,
  );
}

function describe(spec: TensorSpec): string {
  return `${spec.dtype} [${spec.shape.join(", ")}]`;
}

function mismatch(step: Step, what: string, expected: string, came: string): AppError {
  return new AppError("BAD_INPUT", `Step "${step.name}", ${what}: expected ${expected}, came ${came}.`);
}
