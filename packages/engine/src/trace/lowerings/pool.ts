// Pooling and its gradients.
import { backend_util } from "@tensorflow/tfjs";
import { sizeOf } from "../../host-data.ts";
import type { Edge } from "../graph.ts";
import { IMAGE, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import { isUniform, type Traced } from "../tracer.ts";

type Shape4 = [number, number, number, number];

function poolOf(call: KernelCall, inputShape: readonly number[]) {
  const info = backend_util.computePool2DInfo(
    inputShape as Shape4,
    attributeOf<number>(call, "filterSize"),
    attributeOf<number>(call, "strides"),
    1,
    attributeOf<number>(call, "pad"),
    attributeOf<"floor" | undefined>(call, "dimRoundingMode"),
  );
  const { top, left, bottom, right } = info.padInfo;
  const kernel = [info.filterHeight, info.filterWidth] as const;
  const strides = [info.strideHeight, info.strideWidth] as const;
  return {
    attributes: { kernel_shape: kernel, strides, pads: [top, left, bottom, right] },
    outShape: info.outShape as Shape4,
    isOverlapping: kernel.some((length, axis) => length > strides[axis]!),
    info,
  };
}

/** Pooled values, and for each the place in the flattened NCHW input that it came from. */
function maxPoolEdges(call: KernelCall, x: Traced): readonly [Edge, Edge] {
  const { attributes, outShape } = poolOf(call, x.shape);
  const shape = physical(outShape, IMAGE);
  const [values, places] = call.tracer.graph.nodes(
    "MaxPool",
    [call.tracer.fullEdgeIn(x, IMAGE)],
    [
      { type: "float32", shape },
      { type: "int64", shape },
    ],
    attributes,
  );
  return [values!, places!];
}

function maxPool(call: KernelCall): Traced {
  const x = inputOf(call, "x");
  const [values] = maxPoolEdges(call, x);
  return call.tracer.stored(values, poolOf(call, x.shape).outShape, IMAGE);
}

/** Each output's gradient goes to the input it was taken from, the first of equal ones. */
function maxPoolGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const { graph } = tracer;
  const [dy, x] = [inputOf(call, "dy"), inputOf(call, "input")];
  if (isUniform(dy, 0)) return tracer.uniform(x.shape, "float32", 0);
  const size = sizeOf(x.shape);
  const [, places] = maxPoolEdges(call, x);
  const flat = (edge: Edge) => tracer.reshapeEdge(edge, [sizeOf(edge.shape)]);
  const zeros = graph.node("ConstantOfShape", [graph.integers([size])], { type: "float32", shape: [size] });
  const scattered = graph.node(
    "ScatterElements",
    [zeros, flat(places), flat(tracer.fullEdgeIn(dy, IMAGE))],
    { type: "float32", shape: [size] },
    { axis: 0, reduction: poolOf(call, x.shape).isOverlapping ? "add" : "none" },
  );
  return tracer.stored(tracer.reshapeEdge(scattered, physical(x.shape, IMAGE)), x.shape, IMAGE);
}

function avgPool(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const { attributes, outShape } = poolOf(call, x.shape);
  const edge = tracer.graph.node(
    "AveragePool",
    [tracer.fullEdgeIn(x, IMAGE)],
    { type: "float32", shape: physical(outShape, IMAGE) },
    { ...attributes, count_include_pad: 0 },
  );
  return tracer.stored(edge, outShape, IMAGE);
}

/** Each output's gradient is shared out among the inputs in its window: a transposed convolution with ones. */
function avgPoolGradient(call: KernelCall): Traced {
  const { tracer } = call;
  const { graph } = tracer;
  const [dy, x] = [inputOf(call, "dy"), inputOf(call, "input")];
  if (isUniform(dy, 0)) return tracer.uniform(x.shape, "float32", 0);
  const { attributes, outShape, info } = poolOf(call, x.shape);
  const share = tracer.constant(windowShares(info), [1, outShape[1], outShape[2], 1], "float32");
  const gradient = tracer.fullEdgeIn(dy, IMAGE);
  const shared = graph.node("Mul", [gradient, tracer.edgeIn(share, IMAGE)], gradient);
  const channels = x.shape[3]!;
  const [height, width] = attributes.kernel_shape;
  const ones = graph.constant(
    "float32",
    [channels, 1, height, width],
    new Float32Array(channels * height * width).fill(1),
  );
  const reach = [0, 1].map(
    (axis) => (outShape[axis + 1]! - 1) * attributes.strides[axis]! + [height, width][axis]!,
  );
  const pads = [info.padInfo.top + info.padInfo.bottom, info.padInfo.left + info.padInfo.right];
  const rim = [0, 1].map((axis) => x.shape[axis + 1]! + pads[axis]! - reach[axis]!);
  const edge = graph.node(
    "ConvTranspose",
    [shared, ones],
    { type: "float32", shape: physical(x.shape, IMAGE) },
    { ...attributes, group: channels, output_padding: rim },
  );
  return tracer.stored(edge, x.shape, IMAGE);
}

/** One over the number of pixels in each window: fewer at a padded border. */
function windowShares(info: backend_util.Conv2DInfo): Float32Array {
  const inside = (position: number, stride: number, kernel: number, before: number, length: number) => {
    const start = position * stride - before;
    return Math.min(start + kernel, length) - Math.max(start, 0);
  };
  return Float32Array.from({ length: info.outHeight * info.outWidth }, (_, index) => {
    const row = Math.floor(index / info.outWidth);
    const column = index % info.outWidth;
    const rows = inside(row, info.strideHeight, info.filterHeight, info.padInfo.top, info.inHeight);
    const columns = inside(column, info.strideWidth, info.filterWidth, info.padInfo.left, info.inWidth);
    return 1 / (rows * columns);
  });
}

export const poolLowerings: Readonly<Record<string, Lowering>> = {
  AvgPool: avgPool,
  AvgPoolGrad: avgPoolGradient,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
};
