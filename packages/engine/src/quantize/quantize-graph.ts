// Rewrites a traced graph so that its convolutions compute in 8 bits, with ONNX Runtime's quantized kernels. Between
// convolutions values stay bytes and lie as NHWC, which those kernels want; they become float32 where anything else
// reads them.
import { type Edge, type Graph, GraphBuilder, type GraphNode } from "../trace/graph.ts";
import { activationCode, type Code, type Ranges } from "./affine.ts";
import { findConvolutions } from "./convolutions.ts";
import { type Bytes, CONTRIB, convolveBytes } from "./convolve-bytes.ts";

const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

/** The edges whose ranges `quantizeGraph` asks for. */
export function edgesToObserve(graph: Graph): Edge[] {
  const edges = findConvolutions(graph).flatMap(({ input, output }) => [input, output]);
  return [...new Map(edges.map((edge) => [edge.name, edge])).values()];
}

/**
 * The graph with the convolutions of `findConvolutions` in 8 bits: activations uint8 with a scale for each channel
 * (`activationCode`), weights int8 with a scale for each output (`quantizeFilter`), sums and biases int32. A result is
 * rounded once and cut to what its code can hold, which behind a ReLU begins at 0 and so computes it. Max-pooling and
 * concatenation of channels stay in 8 bits; all else computes in float32.
 *
 * @param graph of a step whose weights are constants
 * @param ranges of `edgesToObserve`, by the edges' names
 * @returns a graph of the same inputs and outputs, for ONNX Runtime's CPU provider
 */
export function quantizeGraph(graph: Graph, ranges: ReadonlyMap<string, Ranges>): Graph {
  return new Rewriter(graph, ranges).rewrite();
}

class Rewriter {
  readonly #old: Graph;
  readonly #ranges: ReadonlyMap<string, Ranges>;
  readonly #builder = new GraphBuilder();
  /** what stands for an old edge, by its name: in float32 and in its old layout, in bytes, or both */
  readonly #floats = new Map<string, Edge>();
  readonly #bytes = new Map<string, Bytes>();

  constructor(old: Graph, ranges: ReadonlyMap<string, Ranges>) {
    this.#old = old;
    this.#ranges = ranges;
  }

  rewrite(): Graph {
    const builder = this.#builder;
    const { inputs, outputs, initializers, nodes } = this.#old;
    for (const { name, type, shape } of inputs) this.#floats.set(name, builder.input(name, type, shape));
    for (const { edge, data } of initializers) {
      this.#floats.set(edge.name, builder.constant(edge.type, edge.shape, data));
    }
    const found = findConvolutions(this.#old);
    const byLastNode = new Map(found.map((convolution) => [convolution.nodes.at(-1), convolution]));
    const replaced = new Set(found.flatMap((convolution) => convolution.nodes));
    for (const node of nodes) {
      const convolution = byLastNode.get(node);
      if (convolution !== undefined) {
        const { input, output } = convolution;
        const code = activationCode(this.#rangeOf(output));
        this.#bytes.set(output.name, convolveBytes(builder, this.#toBytes(input), convolution, code));
      } else if (!replaced.has(node)) this.#keep(node);
    }
    return builder.finish(new Map(outputs.map((edge) => [edge.name, this.#toFloat(edge)])));
  }

  #keep(node: GraphNode): void {
    const output = node.outputs[0]!;
    const inputs = node.inputs.map(({ name }) => this.#bytes.get(name));
    const bytes = inputs.filter((input) => input !== undefined);
    if (bytes.length === inputs.length && output.shape.length === 4) {
      if (node.op === "MaxPool" && node.outputs.length === 1) {
        this.#bytes.set(output.name, this.#pool(node, bytes[0]!));
        return;
      }
      const isOfOneZero = bytes.every(({ code }) => code.zeroPoint === bytes[0]!.code.zeroPoint);
      if (node.op === "Concat" && node.attributes.axis === 1 && isOfOneZero) {
        this.#bytes.set(output.name, this.#concatenate(node, bytes));
        return;
      }
      if (isTranspose(node, TO_NHWC)) {
        this.#floats.set(output.name, this.#dequantize(bytes[0]!));
        return;
      }
    }
    const floats = node.inputs.map((edge) => this.#toFloat(edge));
    const copies = this.#builder.nodes(node.op, floats, node.outputs, node.attributes, node.domain);
    for (const [index, { name }] of node.outputs.entries()) this.#floats.set(name, copies[index]!);
  }

  #pool({ outputs, attributes }: GraphNode, { edge, code }: Bytes): Bytes {
    const result = { type: "uint8" as const, shape: permuted(outputs[0]!.shape, TO_NHWC) };
    return { edge: this.#builder.node("NhwcMaxPool", [edge], result, attributes, CONTRIB), code };
  }

  #concatenate({ outputs }: GraphNode, parts: readonly Bytes[]): Bytes {
    const result = { type: "uint8" as const, shape: permuted(outputs[0]!.shape, TO_NHWC) };
    const edges = parts.map(({ edge }) => edge);
    const scales = Float32Array.from(parts.flatMap(({ code }) => [...code.scales]));
    const { zeroPoint } = parts[0]!.code;
    return { edge: this.#builder.node("Concat", edges, result, { axis: 3 }), code: { scales, zeroPoint } };
  }

  #toFloat(old: Edge): Edge {
    const known = this.#floats.get(old.name);
    if (known !== undefined) return known;
    const edge = this.#transpose(this.#dequantize(this.#bytes.get(old.name)!), TO_NCHW);
    this.#floats.set(old.name, edge);
    return edge;
  }

  #toBytes(old: Edge): Bytes {
    const known = this.#bytes.get(old.name);
    if (known !== undefined) return known;
    const float = this.#floats.get(old.name)!;
    const origin = this.#builder.producer(float);
    const isMade = origin !== undefined && isTranspose(origin, TO_NCHW);
    const image = isMade ? origin.inputs[0]! : this.#transpose(float, TO_NHWC);
    const code = activationCode(this.#rangeOf(old));
    const inputs = [
      this.#scale(
        image,
        code.scales.map((scale) => 1 / scale),
      ),
      ...this.#unitCode(code),
    ];
    const edge = this.#builder.node("QuantizeLinear", inputs, { type: "uint8", shape: image.shape });
    this.#bytes.set(old.name, { edge, code });
    return { edge, code };
  }

  #dequantize({ edge, code }: Bytes): Edge {
    const inputs = [edge, ...this.#unitCode(code)];
    const steps = this.#builder.node("DequantizeLinear", inputs, { type: "float32", shape: edge.shape });
    return this.#scale(steps, code.scales);
  }

  /** ONNX Runtime's own quantization with a scale per channel is scalar code, 20 times slower than this product. */
  #scale(edge: Edge, factors: Float32Array): Edge {
    const channels = this.#builder.constant("float32", [factors.length], factors);
    return this.#builder.node("Mul", [edge, channels], { type: "float32", shape: edge.shape });
  }

  #unitCode({ zeroPoint }: Code): [Edge, Edge] {
    return [this.#builder.scalar(1), this.#builder.scalar(zeroPoint, "uint8")];
  }

  #transpose(edge: Edge, perm: readonly number[]): Edge {
    const result = { type: edge.type, shape: permuted(edge.shape, perm) };
    return this.#builder.node("Transpose", [edge], result, { perm });
  }

  #rangeOf({ name }: Edge): Ranges {
    const range = this.#ranges.get(name);
    if (range === undefined) throw new RangeError(`The range of edge ${name} is missing.`);
    return range;
  }
}

function isTranspose({ op, attributes }: GraphNode, perm: readonly number[]): boolean {
  return op === "Transpose" && String(attributes.perm) === String(perm);
}

function permuted(shape: readonly number[], perm: readonly number[]): number[] {
  return perm.map((axis) => shape[axis]!);
}
