// Tensors whose values are known while tracing.
import type { DType } from "../../step.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import type { Traced } from "../tracer.ts";

function constant(
  value: (call: KernelCall) => { shape: readonly number[]; dtype: DType; value: number },
): Lowering {
  return (call) => {
    const { shape, dtype, value: number } = value(call);
    return call.tracer.uniform(shape, dtype, number);
  };
}

function range(call: KernelCall): Traced {
  const [start, stop, step] = ["start", "stop", "step"].map((name) => attributeOf<number>(call, name)) as [
    number,
    number,
    number,
  ];
  const dtype = attributeOf<DType>(call, "dtype");
  const values = Array.from(
    { length: Math.max(Math.ceil((stop - start) / step), 0) },
    (_, i) => start + i * step,
  );
  const data = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
  return call.tracer.constant(data, [values.length], dtype);
}

export const constantLowerings: Readonly<Record<string, Lowering>> = {
  Fill: constant((call) => ({
    shape: attributeOf<number[]>(call, "shape"),
    dtype: attributeOf<DType | undefined>(call, "dtype") ?? "float32",
    value: attributeOf<number>(call, "value"),
  })),
  OnesLike: constant((call) => ({ ...inputOf(call, "x"), value: 1 })),
  Range: range,
  ZerosLike: constant((call) => ({ ...inputOf(call, "x"), value: 0 })),
};
