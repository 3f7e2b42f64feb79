// What a lowering is: the piece that turns one TensorFlow.js kernel call into ONNX nodes.
import { AppError } from "@engram/core";
import type { Traced, Tracer } from "./tracer.ts";

export interface KernelCall {
  readonly tracer: Tracer;
  readonly kernel: string;
  /** by name; kernels that take a list (AddN, Concat, Pack) have the names "0", "1", … */
  readonly inputs: Readonly<Record<string, Traced>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The part of a call that its geometry depends on. */
export type KernelAttributes = Pick<KernelCall, "kernel" | "attributes">;

export type Lowering = (call: KernelCall) => Traced | readonly Traced[];

export function inputOf(call: KernelCall, name: string): Traced {
  const value = call.inputs[name];
  if (!value) throw unsupported(call.kernel, `its input "${name}" is missing`);
  return value;
}

export function attributeOf<T>(call: KernelAttributes, name: string): T {
  return call.attributes[name] as T;
}

/** Axis attributes may count from the end. */
export function axesOf(axis: number | readonly number[], rank: number): number[] {
  const axes = typeof axis === "number" ? [axis] : [...axis];
  return axes.map((value) => (value < 0 ? value + rank : value));
}

export function unsupported(kernel: string, reason: string): AppError {
  return new AppError("UNSUPPORTED_KERNEL", `Kernel ${kernel} cannot be compiled: ${reason}.`);
}
