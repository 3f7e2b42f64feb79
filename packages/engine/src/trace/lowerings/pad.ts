// Kernels that make a tensor larger by its own elements or by a constant, or turn it round.
import { identity, physical } from "../layout.ts";
import { attributeOf, axesOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import type { Traced } from "../tracer.ts";
import { pickAlong } from "./gather.ts";

function pad(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const paddings = attributeOf<[number, number][]>(call, "paddings");
  const value = attributeOf<number>(call, "constantValue") ?? 0;
  const shape = x.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]);
  if (x.kind === "uniform" && x.value === value) return { ...x, shape };
  const order = x.kind === "stored" ? x.order : identity(shape.length);
  const edge = tracer.fullEdgeIn(x, order);
  const amounts = [0, 1].flatMap((side) => order.map((axis) => paddings[axis]![side]!));
  const inputs = [edge, tracer.graph.integers(amounts), tracer.graph.scalar(value, edge.type)];
  const padded = tracer.graph.node(
    "Pad",
    inputs,
    { type: edge.type, shape: physical(shape, order) },
    { mode: "constant" },
  );
  return tracer.stored(padded, shape, order, x.dtype);
}

function tile(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const reps = attributeOf<number[]>(call, "reps");
  const shape = x.shape.map((length, axis) => length * reps[axis]!);
  const isBroadcast = reps.every((times, axis) => times === 1 || x.shape[axis] === 1);
  if (x.kind === "uniform" || isBroadcast) return { ...x, shape };
  const edge = tracer.fullEdgeIn(x, x.order);
  const repeats = tracer.graph.integers(physical(reps, x.order));
  const tiled = tracer.graph.node("Tile", [edge, repeats], {
    type: edge.type,
    shape: physical(shape, x.order),
  });
  return tracer.stored(tiled, shape, x.order, x.dtype);
}

/** The border holds what lies behind it: with mode "reflect" the outermost element is not repeated, else it is. */
function mirrorPad(call: KernelCall): Traced {
  const paddings = attributeOf<[number, number][]>(call, "paddings");
  const skipped = attributeOf<string>(call, "mode") === "reflect" ? 1 : 0;
  return paddings.reduce<Traced>(
    (x, [before, after], axis) => {
      if (before === 0 && after === 0) return x;
      const length = x.shape[axis]!;
      const places = Array.from({ length: before + length + after }, (_, position) => {
        const place = position - before;
        if (place < 0) return skipped - 1 - place;
        return place < length ? place : 2 * length - 1 - skipped - place;
      });
      return pickAlong(call.tracer, x, axis, places);
    },
    inputOf(call, "x"),
  );
}

function reverse(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const axes = axesOf(attributeOf<number[]>(call, "dims"), x.shape.length);
  if (x.kind === "uniform") return x;
  const edge = tracer.fullEdgeIn(x, x.order);
  const positions = axes.map((axis) => x.order.indexOf(axis));
  const all = (value: number) => tracer.graph.integers(positions.map(() => value));
  const inputs = [edge, all(-1), all(-(2 ** 31)), tracer.graph.integers(positions), all(-1)];
  return tracer.stored(
    tracer.graph.node("Slice", inputs, { type: edge.type, shape: edge.shape }),
    x.shape,
    x.order,
    x.dtype,
  );
}

export const padLowerings: Readonly<Record<string, Lowering>> = {
  MirrorPad: mirrorPad,
  PadV2: pad,
  Reverse: reverse,
  Tile: tile,
};
