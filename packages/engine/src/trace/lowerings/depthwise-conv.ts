// Depthwise convolution, a filter [height, width, in, multiplier] of its own for each channel, and its two gradients.
import type { Edge } from "../graph.ts";
import { imageOrder, type Order, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import { isUniform, type Traced, type Tracer } from "../tracer.ts";
import { shiftedCopies } from "./conv-filter-gradient.ts";
import { convWindow, spaceOf, uncoveredRim, type Window, windowAttributes } from "./window.ts";

const IMAGE = imageOrder(4);
/** [in, multiplier, height, width]: the output channel c·multiplier + m is channel c's m-th. */
const FILTER: Order = [2, 3, 0, 1];

function depthwise(call: KernelCall): Traced {
  const { tracer } = call;
  const [x, filter] = [inputOf(call, "x"), inputOf(call, "filter")];
  const window = convWindow(call, x.shape, filter.shape, true);
  const { outShape } = window;
  if (isUniform(x, 0)) return tracer.uniform(outShape, "float32", 0);
  const edge = tracer.graph.node(
    "Conv",
    [tracer.fullEdgeIn(x, IMAGE), groupedFilter(tracer, filter)],
    { type: "float32", shape: physical(outShape, IMAGE) },
    { ...windowAttributes(window), group: filter.shape[2]! },
  );
  return tracer.stored(edge, outShape, IMAGE);
}

function depthwiseInputGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const [dy, filter] = [inputOf(call, "dy"), inputOf(call, "filter")];
  const shape = attributeOf<readonly number[]>(call, "inputShape");
  const window = convWindow(call, shape, filter.shape, true);
  if (isUniform(dy, 0)) return tracer.uniform(shape, "float32", 0);
  const edge = tracer.graph.node(
    "ConvTranspose",
    [tracer.fullEdgeIn(dy, IMAGE), groupedFilter(tracer, filter)],
    { type: "float32", shape: physical(shape, IMAGE) },
    {
      ...windowAttributes(window),
      group: filter.shape[2]!,
      output_padding: uncoveredRim(window, spaceOf(shape)),
    },
  );
  return tracer.stored(edge, shape, IMAGE);
}

/** As ONNX has it for a convolution in groups: [in·multiplier, 1, height, width]. */
function groupedFilter(tracer: Tracer, filter: Traced): Edge {
  const [inChannels, multiplier, ...kernel] = physical(filter.shape, FILTER) as [number, number, ...number[]];
  return tracer.reshapeEdge(tracer.fullEdgeIn(filter, FILTER), [inChannels * multiplier, 1, ...kernel]);
}

/** Per tap of the kernel and channel: what the tap sees, times the gradients of that channel, summed over the pixels. */
function depthwiseFilterGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const { graph } = tracer;
  const [x, dy] = [inputOf(call, "x"), inputOf(call, "dy")];
  const shape = attributeOf<readonly number[]>(call, "filterShape");
  if (isUniform(x, 0) || isUniform(dy, 0)) return tracer.uniform(shape, "float32", 0);
  const window: Window = convWindow(call, x.shape, shape, true);
  const [batch, height, width] = window.outShape as [number, number, number, number];
  const [inChannels, multiplier, ...kernel] = physical(shape, FILTER) as [number, number, number, number];
  const pixels = height * width;
  const taps = kernel[0] * kernel[1];
  const gradients = tracer.reshapeEdge(tracer.fullEdgeIn(dy, IMAGE), [batch, inChannels, multiplier, pixels]);
  const columns = shiftedCopies(tracer, tracer.fullEdgeIn(x, IMAGE), window).map((seen) =>
    graph.node("MatMul", [gradients, tracer.reshapeEdge(seen, [batch, inChannels, pixels, 1])], {
      type: "float32",
      shape: [batch, inChannels, multiplier, 1],
    }),
  );
  const stacked = graph.node(
    "Concat",
    columns,
    { type: "float32", shape: [batch, inChannels, multiplier, taps] },
    { axis: 3 },
  );
  const summed = graph.node(
    "ReduceSum",
    [stacked, graph.integers([0])],
    { type: "float32", shape: [inChannels, multiplier, taps] },
    { keepdims: 0 },
  );
  return tracer.stored(tracer.reshapeEdge(summed, physical(shape, FILTER)), shape, FILTER);
}

export const depthwiseConvLowerings: Readonly<Record<string, Lowering>> = {
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
};
