// Convolution and its two gradients. Which arrangement is fast was measured: see docs/engine.md.
import { backend_util } from "@tensorflow/tfjs";
import type { Edge } from "../graph.ts";
import { FILTER, IMAGE, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering, unsupported } from "../lowering.ts";
import { isUniform, type Traced, type Tracer } from "../tracer.ts";

type Shape4 = [number, number, number, number];

interface Window {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** [batch, height, width, channels] */
  readonly outShape: Shape4;
}

function windowOf(call: KernelCall, inputShape: readonly number[], filterShape: readonly number[]): Window {
  const format = attributeOf<string | undefined>(call, "dataFormat") ?? "NHWC";
  if (format !== "NHWC") throw unsupported(call.kernel, `its data format is ${format}, expected NHWC`);
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    attributeOf<number>(call, "strides"),
    attributeOf<number | undefined>(call, "dilations") ?? 1,
    attributeOf<number>(call, "pad"),
    attributeOf<"floor" | undefined>(call, "dimRoundingMode"),
  );
  if (info.inChannels !== filterShape[2]) throw unsupported(call.kernel, "grouped convolution");
  return {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    kernel: [info.filterHeight, info.filterWidth],
    ...info.padInfo,
    outShape: info.outShape as Shape4,
  };
}

function isPlain({ strides, dilations }: Window): boolean {
  return [...strides, ...dilations].every((step) => step === 1);
}

function conv2d(call: KernelCall): Traced {
  const { tracer } = call;
  const [x, filter] = [inputOf(call, "x"), inputOf(call, "filter")];
  const window = windowOf(call, x.shape, filter.shape);
  if (isUniform(x, 0)) return tracer.uniform(window.outShape, "float32", 0);
  const edge = tracer.graph.node(
    "Conv",
    [tracer.fullEdgeIn(x, IMAGE), tracer.fullEdgeIn(filter, FILTER)],
    { type: "float32", shape: physical(window.outShape, IMAGE) },
    {
      strides: window.strides,
      dilations: window.dilations,
      kernel_shape: window.kernel,
      pads: [window.top, window.left, window.bottom, window.right],
    },
  );
  return tracer.stored(edge, window.outShape, IMAGE);
}

/** The gradient in the input; also the forward pass of a transposed convolution. */
function conv2dInputGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const [dy, filter] = [inputOf(call, "dy"), inputOf(call, "filter")];
  const shape = attributeOf<Shape4>(call, "inputShape");
  const window = windowOf(call, shape, filter.shape);
  if (isUniform(dy, 0)) return tracer.uniform(shape, "float32", 0);
  const inputs = [tracer.fullEdgeIn(dy, IMAGE), tracer.fullEdgeIn(filter, FILTER)] as const;
  const output = { type: "float32" as const, shape: physical(shape, IMAGE) };
  const edge =
    isPlain(window) && mirroredPads(window).every((pad) => pad >= 0)
      ? tracer.graph.node("Conv", [inputs[0], turned(tracer, inputs[1])], output, {
          kernel_shape: window.kernel,
          pads: mirroredPads(window),
        })
      : tracer.graph.node("ConvTranspose", inputs, output, {
          strides: window.strides,
          dilations: window.dilations,
          kernel_shape: window.kernel,
          pads: [window.top, window.left, window.bottom, window.right],
          output_padding: uncoveredRim(window, shape),
        });
  return tracer.stored(edge, shape, IMAGE);
}

/** OIHW → IOHW, each kernel turned by 180°: with it a stride-1 convolution runs backwards at forward speed. */
function turned(tracer: Tracer, filter: Edge): Edge {
  const { graph } = tracer;
  const [outChannels, inChannels, height, width] = filter.shape as Shape4;
  const taps = height * width;
  const shape = [inChannels, outChannels, height, width];
  const swapped = graph.node("Transpose", [filter], { type: "float32", shape }, { perm: [1, 0, 2, 3] });
  if (taps === 1) return swapped;
  // A product with the reversed identity: several times faster than a slice that runs backwards.
  const rows = inChannels * outChannels;
  const reversal = indicators(tracer, taps, (row, column) => row + column === taps - 1);
  const product = graph.node(
    "Gemm",
    [tracer.reshapeEdge(swapped, [rows, taps]), reversal],
    { type: "float32", shape: [rows, taps] },
    { transA: 0, transB: 0 },
  );
  return tracer.reshapeEdge(product, shape);
}

function indicators(tracer: Tracer, size: number, isOne: (row: number, column: number) => boolean): Edge {
  const data = Float32Array.from({ length: size * size }, (_, index) =>
    isOne(Math.floor(index / size), index % size) ? 1 : 0,
  );
  return tracer.graph.constant("float32", [size, size], data);
}

/** Negative where the padding exceeds the kernel: such a border saw nothing. */
function mirroredPads({ kernel: [height, width], top, left, bottom, right }: Window): number[] {
  return [height - 1 - top, width - 1 - left, height - 1 - bottom, width - 1 - right];
}

/** Rows and columns of the input that no window reached, because the stride skipped them. */
function uncoveredRim(window: Window, shape: Shape4): number[] {
  const { strides, dilations, kernel, outShape } = window;
  const pads = [window.top + window.bottom, window.left + window.right];
  return [0, 1].map((axis) => {
    const reach = (outShape[axis + 1]! - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1;
    return shape[axis + 1]! + pads[axis]! - reach;
  });
}

/**
 * Per tap of the kernel: the input, shifted, times the output gradient, summed over space by a matrix product and then
 * over the batch. At stride 1 the output gradient may be shifted instead, against the input as it is: the shifted copies
 * cost memory traffic, so they are made of whichever has fewer channels.
 */
function conv2dFilterGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const [x, dy] = [inputOf(call, "x"), inputOf(call, "dy")];
  const shape = attributeOf<Shape4>(call, "filterShape");
  if (isUniform(x, 0) || isUniform(dy, 0)) return tracer.uniform(shape, "float32", 0);
  const window = windowOf(call, x.shape, shape);
  const image = tracer.fullEdgeIn(x, IMAGE);
  const gradient = tracer.fullEdgeIn(dy, IMAGE);
  const products =
    isPlain(window) && shape[3] < shape[2]
      ? shiftedCopies(tracer, gradient, mirrored(window, x.shape as Shape4))
          .reverse()
          .map((shifted) => productOverPixels(tracer, shifted, image))
      : shiftedCopies(tracer, image, window).map((shifted) => productOverPixels(tracer, gradient, shifted));
  return tracer.stored(sumOverBatch(tracer, products, shape), shape, FILTER);
}

/** [batch, out, height, width] times [batch, in, height, width] → [batch, out, in]. */
function productOverPixels(tracer: Tracer, gradient: Edge, image: Edge): Edge {
  const [batch, outChannels, height, width] = gradient.shape as Shape4;
  const inChannels = image.shape[1]!;
  const pixels = height * width;
  const left = tracer.reshapeEdge(gradient, [batch, outChannels, pixels]);
  const right = tracer.reshapeEdge(image, [batch, inChannels, pixels]);
  // ONNX Runtime makes one product of these two nodes.
  const columns = { type: "float32" as const, shape: [batch, pixels, inChannels] };
  const transposed = tracer.graph.node("Transpose", [right], columns, { perm: [0, 2, 1] });
  const product = { type: "float32" as const, shape: [batch, outChannels, inChannels] };
  return tracer.graph.node("MatMul", [left, transposed], product);
}

/**
 * Per tap [batch, out, in] → OIHW. The taps are brought last by a product with the identity: ONNX Runtime's optimizer
 * would repeat a transpose on each way onward, to both moments of Adam, and does it more slowly besides.
 */
function sumOverBatch(
  tracer: Tracer,
  products: readonly Edge[],
  [height, width, inChannels, outChannels]: Shape4,
): Edge {
  const { graph } = tracer;
  const taps = products.length;
  const batch = products[0]!.shape[0]!;
  const elements = outChannels * inChannels;
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
  return tracer.reshapeEdge(tapsLast, [outChannels, inChannels, height, width]);
}

/** Per tap of the kernel, row by row, what it sees of an image [batch, channels, height, width]. */
function shiftedCopies(tracer: Tracer, image: Edge, window: Window): Edge[] {
  const padded = padImage(tracer, image, window);
  const [height, width] = window.kernel;
  return Array.from({ length: height * width }, (_, tap) =>
    tapImage(tracer, padded, window, [Math.floor(tap / width), tap % width]),
  );
}

/** The window that the output gradient is seen through from the input's pixels; its taps run backwards. */
function mirrored(window: Window, inputShape: Shape4): Window {
  const [top, left, bottom, right] = mirroredPads(window) as [number, number, number, number];
  return { ...window, top, left, bottom, right, outShape: inputShape };
}

function padImage(tracer: Tracer, image: Edge, { top, left, bottom, right }: Window): Edge {
  if ([top, left, bottom, right].every((pad) => pad === 0)) return image;
  const [batch, channels, height, width] = image.shape as Shape4;
  return tracer.graph.node(
    "Pad",
    [image, tracer.graph.integers([0, 0, top, left, 0, 0, bottom, right])],
    { type: "float32", shape: [batch, channels, height + top + bottom, width + left + right] },
    { mode: "constant" },
  );
}

/** The pixels that one tap of the kernel sees, NCHW: [batch, channels, outHeight, outWidth]. */
function tapImage(tracer: Tracer, padded: Edge, window: Window, tap: readonly [number, number]): Edge {
  const { graph } = tracer;
  const { strides, dilations, outShape } = window;
  const starts = [0, 1].map((axis) => tap[axis]! * dilations[axis]!);
  const ends = [0, 1].map((axis) => starts[axis]! + (outShape[axis + 1]! - 1) * strides[axis]! + 1);
  const shape = [padded.shape[0]!, padded.shape[1]!, outShape[1], outShape[2]];
  if (padded.shape.join() === shape.join()) return padded;
  const inputs = [
    padded,
    graph.integers(starts),
    graph.integers(ends),
    graph.integers([2, 3]),
    graph.integers(strides),
  ];
  return graph.node("Slice", inputs, { type: "float32", shape });
}

export const convLowerings: Readonly<Record<string, Lowering>> = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dFilterGradient,
  Conv2DBackpropInput: conv2dInputGradient,
};
