// Convolution and its two gradients. Which arrangement is fast was measured: see docs/engine.md.
import { backend_util } from "@tensorflow/tfjs";
import type { Edge } from "../graph.ts";
import { FILTER, IMAGE, type Order, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering, unsupported } from "../lowering.ts";
import { isUniform, type Traced, type Tracer } from "../tracer.ts";

/** [height, width, out, in] in memory. */
const TAPS_FIRST: Order = [0, 1, 3, 2];

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
  const isPlain = [...window.strides, ...window.dilations].every((step) => step === 1);
  const edge = isPlain
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
  const [outChannels, inChannels, height, width] = filter.shape as Shape4;
  const shape = [inChannels, outChannels, height, width];
  const swapped = tracer.graph.node(
    "Transpose",
    [filter],
    { type: "float32", shape },
    { perm: [1, 0, 2, 3] },
  );
  if (height === 1 && width === 1) return swapped;
  const { graph } = tracer;
  const ends = graph.integers([-height - 1, -width - 1]);
  return graph.node(
    "Slice",
    [swapped, graph.integers([-1, -1]), ends, graph.integers([2, 3]), graph.integers([-1, -1])],
    { type: "float32", shape },
  );
}

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

/** Per tap of the kernel: the padded input, shifted, times the output gradient, summed over batch and space. */
function conv2dFilterGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const { graph } = tracer;
  const [x, dy] = [inputOf(call, "x"), inputOf(call, "dy")];
  const shape = attributeOf<Shape4>(call, "filterShape");
  if (isUniform(x, 0) || isUniform(dy, 0)) return tracer.uniform(shape, "float32", 0);
  const window = windowOf(call, x.shape, shape);
  const [batch, outHeight, outWidth, outChannels] = window.outShape;
  const [height, width, inChannels] = shape;
  const pixels = outHeight * outWidth;
  const gradient = tracer.reshapeEdge(tracer.fullEdgeIn(dy, IMAGE), [batch, outChannels, pixels]);
  const padded = padImage(tracer, tracer.fullEdgeIn(x, IMAGE), window);
  const taps: Edge[] = [];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const shifted = tapImage(tracer, padded, window, [row, column]);
      const flat = tracer.reshapeEdge(shifted, [batch, inChannels, pixels]);
      const columns = { type: "float32" as const, shape: [batch, pixels, inChannels] };
      const transposed = graph.node("Transpose", [flat], columns, { perm: [0, 2, 1] });
      const product = { type: "float32" as const, shape: [batch, outChannels, inChannels] };
      taps.push(
        tracer.reshapeEdge(graph.node("MatMul", [gradient, transposed], product), [1, ...product.shape]),
      );
    }
  }
  const count = taps.length;
  const stackedShape = [count, batch, outChannels, inChannels];
  const stacked =
    count === 1
      ? taps[0]!
      : graph.node("Concat", taps, { type: "float32", shape: stackedShape }, { axis: 0 });
  const summed = graph.node(
    "ReduceSum",
    [stacked, graph.integers([1])],
    { type: "float32", shape: [count, outChannels, inChannels] },
    { keepdims: 0 },
  );
  const edge = tracer.reshapeEdge(summed, [height, width, outChannels, inChannels]);
  return tracer.relayout(tracer.stored(edge, shape, TAPS_FIRST), FILTER);
}

function padImage(tracer: Tracer, image: Edge, { top, left, bottom, right }: Window): Edge {
  if (top + left + bottom + right === 0) return image;
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
