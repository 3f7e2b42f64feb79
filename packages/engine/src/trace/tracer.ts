// What the kernels of the tracing backend work on: symbolic tensors over an ONNX graph. A tensor may be uniform (one
// number, never stored), may lie in memory in another order than its logical one, and may be broadcast lazily.
import type { DType, TensorData } from "../step.ts";
import { type Attributes, type Edge, GraphBuilder, type OnnxType } from "./graph.ts";
import { identity, isIdentity, isSameOrder, type Order, physical, toPhysical } from "./layout.ts";

interface TracedBase {
  /** logical, as TensorFlow.js sees it */
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Every element is `value`. */
export interface Uniform extends TracedBase {
  readonly kind: "uniform";
  readonly value: number;
}

/** Lies in `edge` in `order`; a physical length of 1 where the logical one is larger stands for a broadcast. */
export interface Stored extends TracedBase {
  readonly kind: "stored";
  readonly edge: Edge;
  readonly order: Order;
  /** the values, where they are known while tracing */
  readonly constant?: TensorData["data"];
}

export type Traced = Uniform | Stored;

export interface TraceOptions {
  /** 3×3 convolutions of many channels in Winograd's form, which is faster on processors: see lowerings/winograd.ts */
  readonly usesWinograd?: boolean;
}

export class Tracer {
  readonly graph = new GraphBuilder();
  readonly usesWinograd: boolean;
  readonly #relaidConstants = new Map<string, Stored>();

  constructor({ usesWinograd = false }: TraceOptions = {}) {
    this.usesWinograd = usesWinograd;
  }

  uniform(shape: readonly number[], dtype: DType, value: number): Uniform {
    return { kind: "uniform", shape, dtype, value: roundTo(dtype, value) };
  }

  stored(edge: Edge, shape: readonly number[], order: Order, dtype: DType = dtypeOf(edge.type)): Stored {
    return { kind: "stored", edge, shape, order, dtype };
  }

  input(name: string, shape: readonly number[], dtype: DType, order: Order): Stored {
    return this.stored(this.graph.input(name, dtype, physical(shape, order)), shape, order);
  }

  /** Known values: uniform where they are all the same, else stored in the graph. */
  constant(data: TensorData["data"], shape: readonly number[], dtype: DType): Traced {
    const first = data[0];
    if (first !== undefined && data.every((value) => value === first))
      return this.uniform(shape, dtype, first);
    return this.#constantIn(data, shape, dtype, identity(shape.length));
  }

  /** The tensor as an edge that lies in `order`; still possibly broadcast. A uniform one becomes a scalar edge. */
  edgeIn(value: Traced, order: Order): Edge {
    if (value.kind === "uniform") return this.graph.scalar(value.value, value.dtype);
    return this.relayout(value, order).edge;
  }

  /** The tensor as an edge in its whole physical shape in `order`. */
  fullEdgeIn(value: Traced, order: Order): Edge {
    const shape = physical(value.shape, order);
    const edge = this.edgeIn(value, order);
    if (edge.shape.join() === shape.join()) return edge;
    return this.graph.node("Expand", [edge, this.graph.integers(shape)], { type: edge.type, shape });
  }

  /** The tensor as an edge in logical, row-major order. */
  rowMajor(value: Traced): Edge {
    return this.fullEdgeIn(value, identity(value.shape.length));
  }

  relayout(value: Stored, order: Order): Stored {
    if (isSameOrder(value.order, order)) return value;
    if (value.constant && isIdentity(value.order)) return this.#relayConstant(value, order);
    const lengths = value.order.map((_, axis) => value.edge.shape[value.order.indexOf(axis)]!);
    const target = order.map((axis) => lengths[axis]!);
    // Axes of length 1 lie anywhere: if the others keep their order nothing has to move.
    const long = (axes: Order) => axes.filter((axis) => lengths[axis]! > 1);
    const edge = isSameOrder(long(value.order), long(order))
      ? this.reshapeEdge(value.edge, target)
      : this.graph.node(
          "Transpose",
          [value.edge],
          { type: value.edge.type, shape: target },
          { perm: order.map((axis) => value.order.indexOf(axis)) },
        );
    return { ...value, edge, order };
  }

  /** The tensor with axes of length 1 put in front, then broadcast to `shape` without touching memory. */
  broadcast(value: Traced, shape: readonly number[]): Traced {
    if (value.kind === "uniform") return { ...value, shape };
    const missing = shape.length - value.shape.length;
    if (missing === 0) return { ...value, shape };
    const front = identity(missing);
    const edgeShape = [...front.map(() => 1), ...value.edge.shape];
    const order = [...front, ...value.order.map((axis) => axis + missing)];
    if (value.constant && isIdentity(value.order)) {
      const padded = this.#constantIn(value.constant, edgeShape, value.dtype, order);
      return { ...padded, shape };
    }
    return this.stored(this.reshapeEdge(value.edge, edgeShape), shape, order, value.dtype);
  }

  reshapeEdge(edge: Edge, shape: readonly number[]): Edge {
    if (edge.shape.join() === shape.join()) return edge;
    const origin = this.graph.producer(edge);
    const source = origin?.op === "Reshape" ? origin.inputs[0]! : edge;
    if (source.shape.join() === shape.join()) return source;
    return this.graph.node("Reshape", [source, this.graph.integers(shape)], { type: edge.type, shape });
  }

  castEdge(edge: Edge, type: OnnxType): Edge {
    if (edge.type === type) return edge;
    const origin = this.graph.producer(edge);
    // int64 indices that TensorFlow.js saw as int32.
    const isRoundTrip = origin?.op === "Cast" && edge.type === "int32" && origin.inputs[0]!.type === type;
    if (isRoundTrip && type === "int64") return origin.inputs[0]!;
    return this.graph.node("Cast", [edge], { type, shape: edge.shape }, { to: ONNX_TYPE_CODES[type] });
  }

  /** A node over tensors of one edge each, whose result has the shape and order of `like`. */
  unary(op: string, value: Stored, attributes: Attributes = {}, extra: readonly Edge[] = []): Stored {
    const { type, shape } = value.edge;
    const edge = this.graph.node(op, [value.edge, ...extra], { type, shape }, attributes);
    return this.stored(edge, value.shape, value.order);
  }

  #relayConstant(value: Stored, order: Order): Stored {
    const key = `${value.edge.name}:${order}`;
    const known = this.#relaidConstants.get(key);
    if (known) return known;
    const relaid = this.#constantIn(
      toPhysical(value.constant!, value.edge.shape, order),
      value.edge.shape,
      value.dtype,
      order,
    );
    const result = { ...relaid, shape: value.shape };
    this.#relaidConstants.set(key, result);
    return result;
  }

  #constantIn(data: TensorData["data"], shape: readonly number[], dtype: DType, order: Order): Stored {
    const edge = this.graph.constant(dtype, physical(shape, order), data);
    return { kind: "stored", edge, shape, order, dtype, constant: data };
  }
}

export const ONNX_TYPE_CODES: Readonly<Record<OnnxType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
};

export function isUniform(value: Traced, number: number): boolean {
  return value.kind === "uniform" && value.value === number;
}

function roundTo(dtype: DType, value: number): number {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "int32":
      return Math.trunc(value);
    case "bool":
      return value ? 1 : 0;
    default:
      throw dtype satisfies never;
  }
}

function dtypeOf(type: OnnxType): DType {
  if (type === "int8" || type === "uint8") throw new RangeError(`A step cannot hold ${type} tensors.`);
  return type === "int64" ? "int32" : type;
}
