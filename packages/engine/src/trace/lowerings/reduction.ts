// Reductions, running sums, softmax, order statistics.
import { sizeOf } from "../../host-data.ts";
import { identity, physical, withoutAxes } from "../layout.ts";
import { attributeOf, axesOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import type { Stored, Traced, Tracer } from "../tracer.ts";
import { elementwise } from "./elementwise.ts";
import { reshape } from "./shape.ts";

interface Reduction {
  readonly op: string;
  /** what `count` times the same number comes to */
  readonly repeat: (value: number, count: number) => number;
}

const REDUCTIONS: Readonly<Record<string, Reduction>> = {
  Sum: { op: "ReduceSum", repeat: (value, count) => value * count },
  Mean: { op: "ReduceMean", repeat: (value) => value },
  Max: { op: "ReduceMax", repeat: (value) => value },
  Min: { op: "ReduceMin", repeat: (value) => value },
  Prod: { op: "ReduceProd", repeat: (value, count) => value ** count },
};

function reduction(name: string): Lowering {
  const spec = REDUCTIONS[name]!;
  return (call) => {
    const x = inputOf(call, "x");
    const given =
      attributeOf<number | number[]>(call, "axis") ??
      attributeOf<number | number[]>(call, "reductionIndices");
    const axes = axesOf(given ?? identity(x.shape.length), x.shape.length);
    const reduced = reduceOver(call.tracer, spec, x, axes);
    if (!attributeOf<boolean | undefined>(call, "keepDims")) return reduced;
    return reshape(
      call.tracer,
      reduced,
      x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
    );
  };
}

function reduceOver(tracer: Tracer, { op, repeat }: Reduction, x: Traced, axes: readonly number[]): Traced {
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  if (x.kind === "uniform") {
    const count = sizeOf(axes.map((axis) => x.shape[axis]!));
    return tracer.uniform(shape, x.dtype, repeat(x.value, count));
  }
  const reduced = reduce(tracer, op, x, axes);
  const repeats = sizeOf(axes.map((axis) => x.shape[axis]! / x.edge.shape[x.order.indexOf(axis)]!));
  if (repeats === 1 || op === "ReduceMean" || op === "ReduceMax" || op === "ReduceMin") return reduced;
  // Summed over an axis that is only broadcast: n times the same.
  const combine = op === "ReduceSum" ? "Mul" : "Pow";
  return elementwise(tracer, combine, [reduced, tracer.uniform([], x.dtype, repeats)]);
}

function reduce(tracer: Tracer, op: string, x: Stored, axes: readonly number[]): Stored {
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  const order = withoutAxes(x.order, axes);
  const positions = axes.map((axis) => x.order.indexOf(axis)).sort((a, b) => a - b);
  if (positions.length === 0) return x;
  const kept = x.edge.shape.filter((_, position) => !positions.includes(position));
  const isTrivial = positions.every((position) => x.edge.shape[position] === 1);
  const edge = isTrivial
    ? tracer.reshapeEdge(x.edge, kept)
    : tracer.graph.node(
        op,
        [x.edge, tracer.graph.integers(positions)],
        { type: x.edge.type, shape: kept },
        { keepdims: 0 },
      );
  return tracer.stored(edge, shape, order, x.dtype);
}

function softmax(call: KernelCall, op: "Softmax" | "LogSoftmax"): Traced {
  const { tracer } = call;
  const x = inputOf(call, "logits");
  const [axis] = axesOf(attributeOf<number>(call, "dim") ?? -1, x.shape.length);
  const length = x.shape[axis!]!;
  if (x.kind === "uniform") {
    return tracer.uniform(x.shape, x.dtype, op === "Softmax" ? 1 / length : -Math.log(length));
  }
  const full = tracer.fullEdgeIn(x, x.order);
  return tracer.unary(op, { ...x, edge: full }, { axis: x.order.indexOf(axis!) });
}

function extremeIndex(op: "ArgMax" | "ArgMin"): Lowering {
  return (call) => {
    const { tracer } = call;
    const x = inputOf(call, "x");
    const [axis] = axesOf(attributeOf<number>(call, "axis"), x.shape.length);
    const shape = x.shape.filter((_, index) => index !== axis);
    if (x.kind === "uniform") return tracer.uniform(shape, "int32", 0);
    const order = withoutAxes(x.order, [axis!]);
    const full = tracer.fullEdgeIn(x, x.order);
    const index = tracer.graph.node(
      op,
      [full],
      { type: "int64", shape: physical(shape, order) },
      { axis: x.order.indexOf(axis!), keepdims: 0 },
    );
    return tracer.stored(tracer.castEdge(index, "int32"), shape, order);
  };
}

function topK(call: KernelCall): readonly Traced[] {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const k = attributeOf<number>(call, "k");
  const shape = [...x.shape.slice(0, -1), k];
  const [values, indices] = tracer.graph.nodes(
    "TopK",
    [tracer.rowMajor(x), tracer.graph.integers([k])],
    [
      { type: x.dtype, shape },
      { type: "int64", shape },
    ],
    { axis: x.shape.length - 1, largest: 1, sorted: 1 },
  );
  const order = identity(shape.length);
  return [
    tracer.stored(values!, shape, order),
    tracer.stored(tracer.castEdge(indices!, "int32"), shape, order),
  ];
}

function cumsum(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const [axis] = axesOf(attributeOf<number>(call, "axis"), x.shape.length);
  const order = x.kind === "stored" ? x.order : identity(x.shape.length);
  const edge = tracer.fullEdgeIn(x, order);
  const flags = {
    exclusive: Number(attributeOf<boolean>(call, "exclusive")),
    reverse: Number(attributeOf<boolean>(call, "reverse")),
  };
  const position = tracer.graph.scalar(order.indexOf(axis!), "int64");
  const { type, shape } = edge;
  return tracer.stored(tracer.graph.node("CumSum", [edge, position], { type, shape }, flags), x.shape, order);
}

export const reductionLowerings: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.keys(REDUCTIONS).map((name) => [name, reduction(name)])),
  ArgMax: extremeIndex("ArgMax"),
  ArgMin: extremeIndex("ArgMin"),
  Cumsum: cumsum,
  LogSoftmax: (call) => softmax(call, "LogSoftmax"),
  Softmax: (call) => softmax(call, "Softmax"),
  TopK: topK,
};
