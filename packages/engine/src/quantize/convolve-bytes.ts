// One convolution in 8 bits, as nodes of ONNX Runtime's own domain: in standard ONNX QLinearConv is NCHW, which its CPU
// kernel would transpose on each way.
import type { Attributes, Edge, GraphBuilder } from "../trace/graph.ts";
import { type Code, type QuantizedFilter, quantizeBias, quantizeFilter } from "./affine.ts";
import type { Convolution } from "./convolutions.ts";
import { type Phase, type Phases, phasesOf } from "./phases.ts";

export const CONTRIB = "com.microsoft";

/** An image in 8 bits: uint8, NHWC. */
export interface Bytes {
  readonly edge: Edge;
  readonly code: Code;
}

type Shape4 = readonly [number, number, number, number];

/** What all parts of one convolution have in common. */
interface Site {
  readonly builder: GraphBuilder;
  readonly image: Bytes;
  readonly bias: Float32Array | null;
  /** of the result */
  readonly code: Code;
}

interface Filter extends QuantizedFilter {
  /** OIHW */
  readonly shape: Shape4;
}

/** @param code of the result */
export function convolveBytes(
  builder: GraphBuilder,
  image: Bytes,
  convolution: Convolution,
  code: Code,
): Bytes {
  const { nodes, bias, output } = convolution;
  const [{ op, attributes }] = nodes;
  const { shape, data } = op === "ConvTranspose" ? outputsFirst(convolution.filter) : convolution.filter;
  const [outputs] = shape as Shape4;
  const quantized = quantizeFilter(data, outputs, image.code.scales);
  const filter = { ...quantized, shape: shape as Shape4 };
  const site = { builder, image, bias, code };
  if (op === "ConvTranspose") return { edge: convolvePhases(site, filter, phasesOf(nodes[0])!), code };
  const [batch, , height, width] = output.shape as Shape4;
  return { edge: convolve(site, filter, [batch, height, width, outputs], attributes), code };
}

/**
 * Scales per channel cost nothing: those of the input are in the filter already, those of the result go into the
 * filter's scale of each output. What the node sees are scales of 1.
 */
function convolve(site: Site, filter: Filter, shape: Shape4, attributes: Attributes): Edge {
  const { builder, image, bias, code } = site;
  const [outputs] = filter.shape;
  const one = builder.scalar(1);
  const inputs = [
    ...[image.edge, one, builder.scalar(image.code.zeroPoint, "uint8")],
    builder.constant("int8", filter.shape, filter.values),
    builder.constant(
      "float32",
      [outputs],
      filter.scales.map((scale, output) => scale / code.scales[output]!),
    ),
    builder.constant("int8", [outputs], new Int8Array(outputs)),
    ...[one, builder.scalar(code.zeroPoint, "uint8")],
    ...(bias ? [builder.constant("int32", [outputs], quantizeBias(bias, filter.scales))] : []),
  ];
  const options = { ...attributes, channels_last: 1 };
  return builder.node("QLinearConv", inputs, { type: "uint8", shape }, options, CONTRIB);
}

/** Phase by phase; then the columns of each row of phases side by side, and the rows between each other. */
function convolvePhases(site: Site, filter: Filter, phases: Phases): Edge {
  const { builder, image } = site;
  const [batch, height, width] = image.edge.shape as Shape4;
  const [outputs] = filter.shape;
  const rows = phases.rows.map((row) => {
    const parts = phases.columns.map((column) =>
      convolve(
        site,
        pick(filter, row.taps, column.taps),
        [batch, lengthAlong(height, row), lengthAlong(width, column), outputs],
        {
          kernel_shape: [row.taps.length, column.taps.length],
          pads: [row.before, column.before, row.after, column.after],
          strides: [1, 1],
          dilations: [1, 1],
        },
      ),
    );
    const joined = join(builder, parts, 3);
    const [, rowHeight, columnWidth, depth] = joined.shape as Shape4;
    return reshape(builder, joined, [batch, rowHeight, 1, columnWidth * depth]);
  });
  const [, rowHeight, , rowLength] = rows[0]!.shape as Shape4;
  const shape = [batch, rowHeight * rows.length, rowLength / outputs, outputs];
  return reshape(builder, join(builder, rows, 2), shape);
}

function lengthAlong(length: number, { before, after, taps }: Phase): number {
  return before + length + after - taps.length + 1;
}

function join(builder: GraphBuilder, parts: readonly Edge[], axis: number): Edge {
  const shape = parts[0]!.shape.map((length, at) => (at === axis ? length * parts.length : length));
  return builder.node("Concat", parts, { type: "uint8", shape }, { axis });
}

function reshape(builder: GraphBuilder, edge: Edge, shape: readonly number[]): Edge {
  return builder.node("Reshape", [edge, builder.integers(shape)], { type: edge.type, shape });
}

/** The filter with some of its taps alone. */
function pick(filter: Filter, rows: readonly number[], columns: readonly number[]): Filter {
  const [outputs, inputs, height, width] = filter.shape;
  const values = new Int8Array(outputs * inputs * rows.length * columns.length);
  let at = 0;
  for (let kernel = 0; kernel < outputs * inputs; kernel++) {
    for (const row of rows) {
      for (const column of columns) values[at++] = filter.values[(kernel * height + row) * width + column]!;
    }
  }
  return { values, scales: filter.scales, shape: [outputs, inputs, rows.length, columns.length] };
}

/** IOHW → OIHW */
function outputsFirst({ shape, data }: Convolution["filter"]): Convolution["filter"] {
  const [inputs, outputs, height, width] = shape as Shape4;
  const taps = height * width;
  const moved = new Float32Array(data.length);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const from = (input * outputs + output) * taps;
      moved.set(data.subarray(from, from + taps), (output * inputs + input) * taps);
    }
  }
  return { shape: [outputs, inputs, height, width], data: moved };
}
