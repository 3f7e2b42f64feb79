// Convolution over two or three axes of space, and its gradient in the input. Which arrangement is fast was measured:
// see docs/engine.md.
import { sizeOf } from "../../host-data.ts";
import type { Edge } from "../graph.ts";
import { filterOrder, identity, imageOrder, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import { isUniform, type Traced, type Tracer } from "../tracer.ts";
import { convFilterGradient, indicators } from "./conv-filter-gradient.ts";
import { convWindow, isPlain, mirrored, spaceOf, uncoveredRim, windowAttributes } from "./window.ts";
import { suitsWinograd, winogradConv, winogradInputGradient } from "./winograd.ts";

function conv(call: KernelCall): Traced {
  const { tracer } = call;
  const [x, filter] = [inputOf(call, "x"), inputOf(call, "filter")];
  const window = convWindow(call, x.shape, filter.shape);
  const { outShape } = window;
  if (isUniform(x, 0)) return tracer.uniform(outShape, "float32", 0);
  const order = imageOrder(outShape.length);
  const inputs = [
    tracer.fullEdgeIn(x, order),
    tracer.fullEdgeIn(filter, filterOrder(outShape.length)),
  ] as const;
  const output = { type: "float32" as const, shape: physical(outShape, order) };
  const edge = suitsWinograd(tracer, window, filter.shape)
    ? winogradConv(tracer, ...inputs, window)
    : tracer.graph.node("Conv", inputs, output, windowAttributes(window));
  return tracer.stored(edge, outShape, order);
}

/** The gradient in the input; also the forward pass of a transposed convolution. */
function convInputGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const [dy, filter] = [inputOf(call, "dy"), inputOf(call, "filter")];
  const shape = attributeOf<readonly number[]>(call, "inputShape");
  const window = convWindow(call, shape, filter.shape);
  if (isUniform(dy, 0)) return tracer.uniform(shape, "float32", 0);
  const order = imageOrder(shape.length);
  const inputs = [
    tracer.fullEdgeIn(dy, order),
    tracer.fullEdgeIn(filter, filterOrder(shape.length)),
  ] as const;
  const output = { type: "float32" as const, shape: physical(shape, order) };
  const backward = mirrored(window, shape);
  if (suitsWinograd(tracer, backward, filter.shape)) {
    return tracer.stored(winogradInputGradient(tracer, ...inputs, backward), shape, order);
  }
  const { before, after } = backward;
  const pads = [...before, ...after];
  const edge =
    isPlain(window) && pads.every((pad) => pad >= 0)
      ? tracer.graph.node("Conv", [inputs[0], turned(tracer, inputs[1])], output, {
          kernel_shape: window.kernel,
          pads,
        })
      : tracer.graph.node("ConvTranspose", inputs, output, {
          ...windowAttributes(window),
          output_padding: uncoveredRim(window, spaceOf(shape)),
        });
  return tracer.stored(edge, shape, order);
}

/** OIHW → IOHW, each kernel turned by 180°: with it a stride-1 convolution runs backwards at forward speed. */
function turned(tracer: Tracer, filter: Edge): Edge {
  const { graph } = tracer;
  const [outChannels, inChannels, ...kernel] = filter.shape as [number, number, ...number[]];
  const taps = sizeOf(kernel);
  const shape = [inChannels, outChannels, ...kernel];
  const perm = [1, 0, ...identity(shape.length).slice(2)];
  const swapped = graph.node("Transpose", [filter], { type: "float32", shape }, { perm });
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

export const convLowerings: Readonly<Record<string, Lowering>> = {
  Conv2D: conv,
  Conv2DBackpropFilter: convFilterGradient,
  Conv2DBackpropInput: convInputGradient,
  Conv3D: conv,
  Conv3DBackpropFilterV2: convFilterGradient,
  Conv3DBackpropInputV2: convInputGradient,
};
