// Matrix products. A transposed operand is a flag of the product, not a copy.
import { sizeOf } from "../../host-data.ts";
import type { Edge } from "../graph.ts";
import { identity, isSameOrder } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering, unsupported } from "../lowering.ts";
import { isUniform, type Traced, type Tracer } from "../tracer.ts";
import { broadcastShape } from "./elementwise.ts";

function batchMatMul(call: KernelCall): Traced {
  const { tracer } = call;
  const [a, b] = [inputOf(call, "a"), inputOf(call, "b")];
  const isTransposed = [attributeOf<boolean>(call, "transposeA"), attributeOf<boolean>(call, "transposeB")];
  const rows = a.shape.at(isTransposed[0] ? -1 : -2)!;
  const columns = b.shape.at(isTransposed[1] ? -2 : -1)!;
  const batches = [a, b].map((operand) => operand.shape.slice(0, -2));
  const batch = broadcastShape(batches);
  if (batches.some((own) => sizeOf(own) !== 1 && sizeOf(own) !== sizeOf(batch)))
    throw unsupported(call.kernel, "TensorFlow.js confuses batches of which each is broadcast to the other");
  const shape = [...batch, rows, columns];
  if (isUniform(a, 0) || isUniform(b, 0)) return tracer.uniform(shape, "float32", 0);
  const output = { type: "float32" as const, shape };
  if (shape.length === 2) {
    const [left, right] = [matrix(tracer, a, isTransposed[0]!), matrix(tracer, b, isTransposed[1]!)];
    const flags = { transA: Number(left.isTransposed), transB: Number(right.isTransposed) };
    return tracer.stored(
      tracer.graph.node("Gemm", [left.edge, right.edge], output, flags),
      shape,
      identity(2),
    );
  }
  const edges = [a, b].map((operand, index) =>
    tracer.rowMajor(isTransposed[index] ? swapLast(operand) : operand),
  );
  return tracer.stored(tracer.graph.node("MatMul", edges, output), shape, identity(shape.length));
}

function matrix(tracer: Tracer, value: Traced, isTransposed: boolean) {
  if (value.kind === "stored" && isSameOrder(value.order, [1, 0])) {
    return { edge: tracer.fullEdgeIn(value, value.order), isTransposed: !isTransposed };
  }
  return { edge: tracer.rowMajor(value), isTransposed };
}

function swapLast(value: Traced): Traced {
  const rank = value.shape.length;
  const swap = (axis: number) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis);
  const shape = value.shape.map((_, axis) => value.shape[swap(axis)]!);
  return value.kind === "uniform"
    ? { ...value, shape }
    : { ...value, shape, order: value.order.map(swap), constant: undefined };
}

/** The last two axes swapped. ONNX Runtime makes one product of this and the product it goes to. */
export function transposed(tracer: Tracer, edge: Edge): Edge {
  const rank = edge.shape.length;
  const axes = edge.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
  const shape = perm.map((axis) => edge.shape[axis]!);
  return tracer.graph.node("Transpose", [edge], { type: edge.type, shape }, { perm });
}

/** a·b over the last two axes, the others broadcast: [..., rows, n] times [..., n, columns]. */
export function matMul(tracer: Tracer, a: Edge, b: Edge): Edge {
  const lead = broadcastShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const shape = [...lead, a.shape.at(-2)!, b.shape.at(-1)!];
  return tracer.graph.node("MatMul", [a, b], { type: "float32", shape });
}

/** Sums of rows that share a segment number: a product with the segments' indicators. */
function unsortedSegmentSum(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const segments = attributeOf<number>(call, "numSegments");
  const rows = x.shape[0]!;
  const rest = x.shape.slice(1);
  const shape = [segments, ...rest];
  if (isUniform(x, 0)) return tracer.uniform(shape, x.dtype, 0);
  const columns = sizeOf(rest);
  const indicators = tracer.graph.node(
    "OneHot",
    [
      tracer.castEdge(tracer.rowMajor(inputOf(call, "segmentIds")), "int64"),
      tracer.graph.integers([segments]),
      tracer.graph.constant("float32", [2], Float32Array.of(0, 1)),
    ],
    { type: "float32", shape: [rows, segments] },
    { axis: -1 },
  );
  const flat = tracer.castEdge(tracer.reshapeEdge(tracer.rowMajor(x), [rows, columns]), "float32");
  const output = { type: "float32" as const, shape: [segments, columns] };
  const sums = tracer.graph.node("Gemm", [indicators, flat], output, { transA: 1, transB: 0 });
  const edge = tracer.castEdge(tracer.reshapeEdge(sums, shape), x.dtype);
  return tracer.stored(edge, shape, identity(shape.length), x.dtype);
}

export const matMulLowerings: Readonly<Record<string, Lowering>> = {
  BatchMatMul: batchMatMul,
  UnsortedSegmentSum: unsortedSegmentSum,
};
