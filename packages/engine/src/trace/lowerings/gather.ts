// Kernels that pick elements by their number.
import type { DType } from "../../step.ts";
import { identity, type Order, physical } from "../layout.ts";
import { attributeOf, axesOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import type { Traced, Tracer } from "../tracer.ts";

/** The elements at known places along one axis, in the memory order that is there. */
export function pickAlong(tracer: Tracer, x: Traced, axis: number, places: readonly number[]): Traced {
  const shape = x.shape.with(axis, places.length);
  if (x.kind === "uniform") return { ...x, shape };
  const edge = tracer.fullEdgeIn(x, x.order);
  const picked = tracer.graph.node(
    "Gather",
    [edge, tracer.graph.integers(places)],
    { type: edge.type, shape: physical(shape, x.order) },
    { axis: x.order.indexOf(axis) },
  );
  return tracer.stored(picked, shape, x.order, x.dtype);
}

function gather(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const indices = inputOf(call, "indices");
  const [axis] = axesOf(attributeOf<number>(call, "axis") ?? 0, x.shape.length) as [number];
  const [batchDims] = axesOf(attributeOf<number>(call, "batchDims") ?? 0, indices.shape.length) as [number];
  const picked = indices.shape.slice(batchDims);
  const shape = [...x.shape.slice(0, axis), ...picked, ...x.shape.slice(axis + 1)];
  if (x.kind === "uniform") return { ...x, shape };
  if (batchDims === 0) {
    const inputs = [tracer.rowMajor(x), tracer.rowMajor(indices)];
    const edge = tracer.graph.node("Gather", inputs, { type: x.edge.type, shape }, { axis });
    return tracer.stored(edge, shape, identity(shape.length), x.dtype);
  }
  // GatherND picks behind the batch axes: the picked axis is brought there, and what it became goes back.
  const between = identity(axis).slice(batchDims);
  const batch = identity(batchDims);
  const behind = identity(x.shape.length).slice(axis + 1);
  const order: Order = [
    ...batch,
    ...picked.map((_, index) => axis + index),
    ...between,
    ...behind.map((position) => position + picked.length - 1),
  ];
  const edge = tracer.graph.node(
    "GatherND",
    [
      tracer.fullEdgeIn(x, [...batch, axis, ...between, ...behind]),
      tracer.castEdge(tracer.reshapeEdge(tracer.rowMajor(indices), [...indices.shape, 1]), "int64"),
    ],
    { type: x.edge.type, shape: physical(shape, order) },
    { batch_dims: batchDims },
  );
  return tracer.stored(edge, shape, order, x.dtype);
}

function oneHot(call: KernelCall): Traced {
  const { tracer } = call;
  const indices = inputOf(call, "indices");
  const depth = attributeOf<number>(call, "depth");
  const dtype = attributeOf<DType | undefined>(call, "dtype") ?? "int32";
  const values = ["offValue", "onValue"].map((name) => attributeOf<number>(call, name));
  const shape = [...indices.shape, depth];
  // ONNX Runtime has it for these types of index and value only.
  const hot = tracer.graph.node(
    "OneHot",
    [
      tracer.castEdge(tracer.rowMajor(indices), "int64"),
      tracer.graph.integers([depth]),
      tracer.graph.constant("float32", [2], Float32Array.from(values)),
    ],
    { type: "float32", shape },
    { axis: -1 },
  );
  return tracer.stored(tracer.castEdge(hot, dtype), shape, identity(shape.length), dtype);
}

export const gatherLowerings: Readonly<Record<string, Lowering>> = {
  GatherV2: gather,
  OneHot: oneHot,
};
