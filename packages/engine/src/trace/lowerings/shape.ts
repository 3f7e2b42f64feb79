// Kernels that move elements or cut them apart, and compute nothing.
import { sizeOf } from "../../host-data.ts";
import { identity, isIdentity, type Order, physical } from "../layout.ts";
import { attributeOf, axesOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import type { Stored, Traced, Tracer } from "../tracer.ts";

export function reshape(tracer: Tracer, x: Traced, shape: readonly number[]): Traced {
  if (x.kind === "uniform") return { ...x, shape };
  if (x.shape.join() === shape.join()) return x;
  const squeezed = unitAxesMoved(tracer, x, shape);
  if (squeezed) return squeezed;
  return tracer.stored(tracer.reshapeEdge(tracer.rowMajor(x), shape), shape, identity(shape.length), x.dtype);
}

/** Where only axes of length 1 come and go, the others keep their order in memory. */
function unitAxesMoved(tracer: Tracer, x: Stored, shape: readonly number[]): Stored | undefined {
  const long = (lengths: readonly number[]) =>
    lengths.flatMap((length, axis) => (length === 1 ? [] : [axis]));
  const before = long(x.shape);
  const after = long(shape);
  const isSame =
    before.length === after.length && before.every((axis, i) => x.shape[axis] === shape[after[i]!]);
  if (!isSame) return undefined;
  const units = identity(shape.length).filter((axis) => shape[axis] === 1);
  const moved = x.order.filter((axis) => before.includes(axis)).map((axis) => after[before.indexOf(axis)]!);
  const order = moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)
    ? identity(shape.length)
    : [...units, ...moved];
  const lengthOf = (axis: number) => {
    const index = after.indexOf(axis);
    return index < 0 ? 1 : x.edge.shape[x.order.indexOf(before[index]!)]!;
  };
  return tracer.stored(tracer.reshapeEdge(x.edge, order.map(lengthOf)), shape, order, x.dtype);
}

function transpose(call: KernelCall): Traced {
  const x = inputOf(call, "x");
  const perm = attributeOf<number[]>(call, "perm");
  const shape = perm.map((axis) => x.shape[axis]!);
  if (x.kind === "uniform") return { ...x, shape };
  const order = x.order.map((axis) => perm.indexOf(axis));
  return call.tracer.stored(x.edge, shape, order, x.dtype);
}

/** The order that most of the memory is in already. */
function commonOrder(values: readonly Traced[], rank: number): Order {
  const stored = values.filter((value) => value.kind === "stored");
  const largest = stored.toSorted((a, b) => sizeOf(b.edge.shape) - sizeOf(a.edge.shape));
  return (largest.find((value) => !isIdentity(value.order)) ?? largest[0])?.order ?? identity(rank);
}

export function concat(tracer: Tracer, values: readonly Traced[], axis: number): Traced {
  const first = values[0]!;
  if (values.length === 1) return first;
  const length = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  const shape = first.shape.map((own, index) => (index === axis ? length : own));
  if (
    first.kind === "uniform" &&
    values.every((value) => value.kind === "uniform" && value.value === first.value)
  ) {
    return { ...first, shape };
  }
  const order = commonOrder(values, shape.length);
  const edges = values.map((value) => tracer.fullEdgeIn(value, order));
  return tracer.stored(
    tracer.graph.node(
      "Concat",
      edges,
      { type: edges[0]!.type, shape: physical(shape, order) },
      { axis: order.indexOf(axis) },
    ),
    shape,
    order,
    first.dtype,
  );
}

export function slice(tracer: Tracer, x: Traced, begin: readonly number[], size: readonly number[]): Traced {
  const shape = size.map((length, axis) => (length < 0 ? x.shape[axis]! - begin[axis]! : length));
  if (x.kind === "uniform") return { ...x, shape };
  const cut = identity(shape.length).filter(
    (axis) => shape[axis] !== x.shape[axis] && x.edge.shape[x.order.indexOf(axis)] !== 1,
  );
  if (cut.length === 0) return { ...x, shape };
  const integers = (values: number[]) => tracer.graph.integers(values);
  const inputs = [
    x.edge,
    integers(cut.map((axis) => begin[axis]!)),
    integers(cut.map((axis) => begin[axis]! + shape[axis]!)),
    integers(cut.map((axis) => x.order.indexOf(axis))),
  ];
  const edgeShape = x.order.map((axis, position) =>
    cut.includes(axis) ? shape[axis]! : x.edge.shape[position]!,
  );
  return tracer.stored(
    tracer.graph.node("Slice", inputs, { type: x.edge.type, shape: edgeShape }),
    shape,
    x.order,
    x.dtype,
  );
}

function split(call: KernelCall): readonly Traced[] {
  const x = inputOf(call, "x");
  const [axis] = axesOf(attributeOf<number>(call, "axis"), x.shape.length);
  const sizes = splitSizes(attributeOf<number | number[]>(call, "numOrSizeSplits"), x.shape[axis!]!);
  let start = 0;
  return sizes.map((length) => {
    const begin = x.shape.map((_, index) => (index === axis ? start : 0));
    const size = x.shape.map((own, index) => (index === axis ? length : own));
    start += length;
    return slice(call.tracer, x, begin, size);
  });
}

function splitSizes(numOrSizes: number | readonly number[], length: number): number[] {
  if (typeof numOrSizes === "number") return Array.from({ length: numOrSizes }, () => length / numOrSizes);
  const known = numOrSizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return numOrSizes.map((size) => (size < 0 ? length - known : size));
}

function unpack(call: KernelCall): readonly Traced[] {
  const x = inputOf(call, "value");
  const [axis] = axesOf(attributeOf<number>(call, "axis") ?? 0, x.shape.length);
  const shape = x.shape.filter((_, index) => index !== axis);
  return Array.from({ length: x.shape[axis!]! }, (_, position) => {
    const begin = x.shape.map((__, index) => (index === axis ? position : 0));
    const size = x.shape.map((own, index) => (index === axis ? 1 : own));
    return reshape(call.tracer, slice(call.tracer, x, begin, size), shape);
  });
}

function pack(call: KernelCall): Traced {
  const values = Object.values(call.inputs);
  const rank = values[0]!.shape.length + 1;
  const [axis] = axesOf(attributeOf<number>(call, "axis") ?? 0, rank);
  const expanded = values.map((value) => reshape(call.tracer, value, value.shape.toSpliced(axis!, 0, 1)));
  return concat(call.tracer, expanded, axis!);
}

export const shapeLowerings: Readonly<Record<string, Lowering>> = {
  Concat: (call) => {
    const values = Object.values(call.inputs);
    return concat(
      call.tracer,
      values,
      axesOf(attributeOf<number>(call, "axis"), values[0]!.shape.length)[0]!,
    );
  },
  ExpandDims: (call) => {
    const x = inputOf(call, "input");
    const [axis] = axesOf(attributeOf<number>(call, "dim"), x.shape.length + 1);
    return reshape(call.tracer, x, x.shape.toSpliced(axis!, 0, 1));
  },
  Pack: pack,
  Reshape: (call) => {
    const x = inputOf(call, "x");
    const shape = attributeOf<number[]>(call, "shape");
    const known = shape.reduce((product, length) => (length < 0 ? product : product * length), 1);
    return reshape(
      call.tracer,
      x,
      shape.map((length) => (length < 0 ? sizeOf(x.shape) / known : length)),
    );
  },
  Slice: (call) => {
    const x = inputOf(call, "x");
    // Given for the first axes only: the others are taken whole.
    const [begin, size] = ["begin", "size"].map((name) =>
      [attributeOf<number | number[]>(call, name)].flat(),
    );
    const fill = (values: number[], rest: number) => x.shape.map((_, axis) => values[axis] ?? rest);
    return slice(call.tracer, x, fill(begin!, 0), fill(size!, -1));
  },
  SplitV: split,
  Transpose: transpose,
  Unpack: unpack,
};
