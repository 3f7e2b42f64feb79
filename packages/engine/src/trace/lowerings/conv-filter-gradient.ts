// The gradient of a convolution in its filter: one matrix product per tap of the kernel.
import { sizeOf } from "../../host-data.ts";
import type { Edge } from "../graph.ts";
import { filterOrder, identity, imageOrder, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall } from "../lowering.ts";
import { isUniform, type Traced, type Tracer } from "../tracer.ts";
import { matMul, transposed } from "./mat-mul.ts";
import { convWindow, isPlain, mirrored, spaceOf, type Window } from "./window.ts";
import { suitsWinograd, winogradFilterGradient } from "./winograd.ts";

/**
 * Per tap of the kernel: the input, shifted, times the output gradient, summed over space by a matrix product and then
 * over the batch. At stride 1 the output gradient may be shifted instead, against the input as it is: the shifted copies
 * cost memory traffic, so they are made of whichever has fewer channels.
 */
export function convFilterGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const [x, dy] = [inputOf(call, "x"), inputOf(call, "dy")];
  const shape = attributeOf<readonly number[]>(call, "filterShape");
  if (isUniform(x, 0) || isUniform(dy, 0)) return tracer.uniform(shape, "float32", 0);
  const window = convWindow(call, x.shape, shape);
  const order = imageOrder(shape.length);
  const image = tracer.fullEdgeIn(x, order);
  const gradient = tracer.fullEdgeIn(dy, order);
  if (suitsWinograd(tracer, window, shape)) {
    const edge = winogradFilterGradient(tracer, image, gradient, window);
    return tracer.stored(edge, shape, filterOrder(shape.length));
  }
  const products =
    isPlain(window) && shape.at(-1)! < shape.at(-2)!
      ? shiftedCopies(tracer, gradient, mirrored(window, x.shape))
          .reverse()
          .map((shifted) => productOverPixels(tracer, shifted, image))
      : shiftedCopies(tracer, image, window).map((shifted) => productOverPixels(tracer, gradient, shifted));
  return tracer.stored(sumOverBatch(tracer, products, shape), shape, filterOrder(shape.length));
}

/** [batch, out, ...space] times [batch, in, ...space] → [batch, out, in]. */
function productOverPixels(tracer: Tracer, gradient: Edge, image: Edge): Edge {
  const [batch, outChannels, ...space] = gradient.shape as [number, number, ...number[]];
  const inChannels = image.shape[1]!;
  const pixels = sizeOf(space);
  const left = tracer.reshapeEdge(gradient, [batch, outChannels, pixels]);
  const right = tracer.reshapeEdge(image, [batch, inChannels, pixels]);
  return matMul(tracer, left, transposed(tracer, right));
}

/**
 * Per tap [batch, out, in] → OIHW. The taps are brought last by a product with the identity: ONNX Runtime's optimizer
 * would repeat a transpose on each way onward, to both moments of Adam, and does it more slowly besides.
 */
function sumOverBatch(tracer: Tracer, products: readonly Edge[], filterShape: readonly number[]): Edge {
  const { graph } = tracer;
  const taps = products.length;
  const batch = products[0]!.shape[0]!;
  const elements = sizeOf(filterShape.slice(-2));
  const stacked = graph.node(
    "Concat",
    products.map((edge) => tracer.reshapeEdge(edge, [1, batch, elements])),
    { type: "float32", shape: [taps, batch, elements] },
    { axis: 0 },
  );
  const summed = graph.node(
    "ReduceSum",
    [stacked, graph.integers([1])],
    { type: "float32", shape: [taps, elements] },
    { keepdims: 0 },
  );
  const tapsLast = graph.node(
    "Gemm",
    [summed, indicators(tracer, taps, (row, column) => row === column)],
    { type: "float32", shape: [elements, taps] },
    { transA: 1, transB: 0 },
  );
  return tracer.reshapeEdge(tapsLast, physical(filterShape, filterOrder(filterShape.length)));
}

/** A size × size matrix of zeros and ones. */
export function indicators(
  tracer: Tracer,
  size: number,
  isOne: (row: number, column: number) => boolean,
): Edge {
  const data = Float32Array.from({ length: size * size }, (_, index) =>
    isOne(Math.floor(index / size), index % size) ? 1 : 0,
  );
  return tracer.graph.constant("float32", [size, size], data);
}

/** Per tap of the kernel, row by row, what it sees of an image [batch, channels, ...space]. */
export function shiftedCopies(tracer: Tracer, image: Edge, window: Window): Edge[] {
  const padded = padImage(tracer, image, window);
  const { kernel } = window;
  return Array.from({ length: sizeOf(kernel) }, (_, tap) =>
    tapImage(
      tracer,
      padded,
      window,
      kernel.map((length, axis) => Math.floor(tap / sizeOf(kernel.slice(axis + 1))) % length),
    ),
  );
}

function padImage(tracer: Tracer, image: Edge, { before, after }: Window): Edge {
  if ([...before, ...after].every((pad) => pad === 0)) return image;
  const [batch, channels, ...space] = image.shape as [number, number, ...number[]];
  const padded = space.map((length, axis) => length + before[axis]! + after[axis]!);
  return tracer.graph.node(
    "Pad",
    [image, tracer.graph.integers([0, 0, ...before, 0, 0, ...after])],
    { type: "float32", shape: [batch, channels, ...padded] },
    { mode: "constant" },
  );
}

/** The pixels that one tap of the kernel sees: [batch, channels, ...outSpace]. */
function tapImage(tracer: Tracer, padded: Edge, window: Window, tap: readonly number[]): Edge {
  const { graph } = tracer;
  const { strides, dilations } = window;
  const space = spaceOf(window.outShape);
  const starts = tap.map((position, axis) => position * dilations[axis]!);
  const ends = starts.map((start, axis) => start + (space[axis]! - 1) * strides[axis]! + 1);
  const shape = [...padded.shape.slice(0, 2), ...space];
  if (padded.shape.join() === shape.join()) return padded;
  const inputs = [
    padded,
    graph.integers(starts),
    graph.integers(ends),
    graph.integers(identity(shape.length).slice(2)),
    graph.integers(strides),
  ];
  return graph.node("Slice", inputs, { type: "float32", shape });
}
