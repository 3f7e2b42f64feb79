// Layouts: in which order a tensor's logical axes lie in memory. `order[i]` is the logical axis that physical axis i
// holds, so an image [batch, height, width, channels] lies as NCHW under `imageOrder`, a filter [h, w, in, out] as OIHW
// under `filterOrder`. Transposing a tensor is a change of its order and moves nothing.

import { sizeOf } from "../host-data.ts";

export type Order = readonly number[];

export function identity(rank: number): Order {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** [batch, ...space, channels] with the channels before space: NCHW, NCDHW. */
export function imageOrder(rank: number): Order {
  return [0, rank - 1, ...identity(rank - 1).slice(1)];
}

/** [...space, in, out] with space last: OIHW, OIDHW. */
export function filterOrder(rank: number): Order {
  return [rank - 1, rank - 2, ...identity(rank - 2)];
}

export function isIdentity(order: Order): boolean {
  return order.every((axis, position) => axis === position);
}

export function isSameOrder(a: Order, b: Order): boolean {
  return a.length === b.length && a.every((axis, position) => axis === b[position]);
}

/** The logical shape's lengths in their order in memory. */
export function physical(shape: readonly number[], order: Order): number[] {
  return order.map((axis) => shape[axis]!);
}

/** Physical lengths back in logical order. */
export function logical(physicalShape: readonly number[], order: Order): number[] {
  const shape: number[] = [];
  for (const [position, axis] of order.entries()) shape[axis] = physicalShape[position]!;
  return shape;
}

/** `order` without some logical axes, the others renumbered. */
export function withoutAxes(order: Order, axes: readonly number[]): Order {
  const rest = [...order].filter((axis) => !axes.includes(axis));
  const sorted = rest.toSorted((a, b) => a - b);
  return rest.map((axis) => sorted.indexOf(axis));
}

/** The layout that a state tensor has in memory for as long as a program lives: filters lie as convolutions want them. */
export function stateOrder({ length: rank }: readonly number[]): Order {
  return rank === 4 || rank === 5 ? filterOrder(rank) : identity(rank);
}

type Values = Float32Array | Int32Array | Uint8Array;

/** A row-major array rearranged from logical order to `order`. */
export function toPhysical<T extends Values>(data: T, shape: readonly number[], order: Order): T {
  return isIdentity(order) ? data : permute(data, shape, order);
}

/** The inverse of `toPhysical`: `shape` is the logical one. */
export function toLogical<T extends Values>(data: T, shape: readonly number[], order: Order): T {
  if (isIdentity(order)) return data;
  const inverse = identity(order.length).map((axis) => order.indexOf(axis));
  return permute(data, physical(shape, order), inverse);
}

function permute<T extends Values>(data: T, shape: readonly number[], axes: Order): T {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const lengths = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const result = data.slice() as T;
  const index = lengths.map(() => 0);
  let source = 0;
  for (let target = 0; target < result.length; target += 1) {
    result[target] = data[source]!;
    for (let axis = lengths.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      source += steps[axis]!;
      if (index[axis]! < lengths[axis]!) break;
      source -= steps[axis]! * lengths[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
