// Pooling over two or three axes of space, and its gradients. That of 3-D max pooling is two of the 2-D ones.
import { sizeOf } from "../../host-data.ts";
import type { Edge } from "../graph.ts";
import { imageOrder, physical } from "../layout.ts";
import { inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import { isUniform, type Traced } from "../tracer.ts";
import { poolWindow, spaceOf, uncoveredRim, type Window, windowAttributes } from "./window.ts";

function poolAttributes(window: Window) {
  const { dilations: _, ...attributes } = windowAttributes(window);
  return attributes;
}

/** Pooled values, and for each the place in the flattened NCHW input that it came from. */
function maxPoolEdges({ tracer }: KernelCall, x: Traced, window: Window): readonly [Edge, Edge] {
  const order = imageOrder(x.shape.length);
  const shape = physical(window.outShape, order);
  const [values, places] = tracer.graph.nodes(
    "MaxPool",
    [tracer.fullEdgeIn(x, order)],
    [
      { type: "float32", shape },
      { type: "int64", shape },
    ],
    poolAttributes(window),
  );
  return [values!, places!];
}

function maxPool(call: KernelCall): Traced {
  const x = inputOf(call, "x");
  const window = poolWindow(call, x.shape);
  const [values] = maxPoolEdges(call, x, window);
  return call.tracer.stored(values, window.outShape, imageOrder(x.shape.length));
}

/** Each output's gradient goes to the input it was taken from, the first of equal ones. */
function maxPoolGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const { graph } = tracer;
  const [dy, x] = [inputOf(call, "dy"), inputOf(call, "input")];
  if (isUniform(dy, 0)) return tracer.uniform(x.shape, "float32", 0);
  const order = imageOrder(x.shape.length);
  const size = sizeOf(x.shape);
  const window = poolWindow(call, x.shape);
  const isOverlapping = window.kernel.some((length, axis) => length > window.strides[axis]!);
  const [, places] = maxPoolEdges(call, x, window);
  const flat = (edge: Edge) => tracer.reshapeEdge(edge, [sizeOf(edge.shape)]);
  const zeros = graph.node("ConstantOfShape", [graph.integers([size])], { type: "float32", shape: [size] });
  const scattered = graph.node(
    "ScatterElements",
    [zeros, flat(places), flat(tracer.fullEdgeIn(dy, order))],
    { type: "float32", shape: [size] },
    { axis: 0, reduction: isOverlapping ? "add" : "none" },
  );
  return tracer.stored(tracer.reshapeEdge(scattered, physical(x.shape, order)), x.shape, order);
}

function avgPool(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const window = poolWindow(call, x.shape);
  const order = imageOrder(x.shape.length);
  const edge = tracer.graph.node(
    "AveragePool",
    [tracer.fullEdgeIn(x, order)],
    { type: "float32", shape: physical(window.outShape, order) },
    { ...poolAttributes(window), count_include_pad: 0 },
  );
  return tracer.stored(edge, window.outShape, order);
}

/** Each output's gradient is shared out in equal parts over its window: a transposed convolution with 1/n. */
function avgPoolGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const [dy, x] = [inputOf(call, "dy"), inputOf(call, "input")];
  if (isUniform(dy, 0)) return tracer.uniform(x.shape, "float32", 0);
  const window = poolWindow(call, x.shape);
  const order = imageOrder(x.shape.length);
  const channels = x.shape.at(-1)!;
  const share = tracer.uniform([channels, 1, ...window.kernel], "float32", 1 / sizeOf(window.kernel));
  const edge = tracer.graph.node(
    "ConvTranspose",
    [tracer.fullEdgeIn(dy, order), tracer.rowMajor(share)],
    { type: "float32", shape: physical(x.shape, order) },
    {
      ...poolAttributes(window),
      group: channels,
      output_padding: uncoveredRim(window, spaceOf(x.shape)),
    },
  );
  return tracer.stored(edge, x.shape, order);
}

export const poolLowerings: Readonly<Record<string, Lowering>> = {
  AvgPool: avgPool,
  AvgPool3D: avgPool,
  AvgPool3DGrad: avgPoolGradient,
  AvgPoolGrad: avgPoolGradient,
  MaxPool: maxPool,
  MaxPool3D: maxPool,
  MaxPoolGrad: maxPoolGradient,
};
