// An ONNX graph under construction: nodes over edges in their physical shape. Equal nodes are made once, and what no
// output needs is left out when the graph is finished.

/** The last two only where a graph was quantized. */
export type OnnxType = "float32" | "int32" | "int64" | "bool" | "int8" | "uint8";
export type AttributeValue = number | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A tensor of the ONNX graph. */
export interface Edge {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
}

export interface GraphNode {
  readonly op: string;
  /** "" for standard ONNX */
  readonly domain: string;
  readonly inputs: readonly Edge[];
  readonly outputs: readonly Edge[];
  /** float attributes are told from integers by their names: see the model writer */
  readonly attributes: Attributes;
}

export interface Initializer {
  readonly edge: Edge;
  readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array | Int8Array;
}

export interface Graph {
  readonly inputs: readonly Edge[];
  readonly outputs: readonly Edge[];
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
}

/** Stands for an optional input that is not given. */
export const ABSENT: Edge = { name: "", type: "float32", shape: [] };

const IDENTITY = { op: "Identity", domain: "", attributes: {} } as const;

export class GraphBuilder {
  readonly #inputs: Edge[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #initializers = new Map<string, Initializer>();
  readonly #byKey = new Map<string, GraphNode>();
  readonly #producers = new Map<string, GraphNode>();
  #count = 0;

  input(name: string, type: OnnxType, shape: readonly number[]): Edge {
    const edge = { name, type, shape };
    this.#inputs.push(edge);
    return edge;
  }

  /** Stored in the graph; equal small constants are stored once, and so are those given under one name. */
  constant(type: OnnxType, shape: readonly number[], data: Initializer["data"], name?: string): Edge {
    const isSmall = data.length <= 1024;
    const key = name ?? `${type}[${shape}]${isSmall ? data.join() : this.#count}`;
    const known = this.#initializers.get(key);
    if (known) return known.edge;
    const edge = { name: this.#fresh("c"), type, shape };
    this.#initializers.set(key, { edge, data });
    return edge;
  }

  integers(values: readonly number[]): Edge {
    return this.constant("int64", [values.length], BigInt64Array.from(values, BigInt));
  }

  scalar(value: number, type: OnnxType = "float32"): Edge {
    return this.constant(type, [], toTyped(type, [value]));
  }

  /** Appends a node with one output, or finds the equal one that is there. */
  node(
    op: string,
    inputs: readonly Edge[],
    output: { type: OnnxType; shape: readonly number[] },
    attributes: Attributes = {},
    domain = "",
  ): Edge {
    return this.nodes(op, inputs, [output], attributes, domain)[0]!;
  }

  /** As `node`, with several outputs: those that nothing uses are not asked for. */
  nodes(
    op: string,
    inputs: readonly Edge[],
    outputs: readonly { type: OnnxType; shape: readonly number[] }[],
    attributes: Attributes = {},
    domain = "",
  ): readonly Edge[] {
    const key = keyOf(op, inputs, outputs.length, attributes, domain);
    const known = this.#byKey.get(key);
    if (known) return known.outputs;
    const edges = outputs.map(({ type, shape }) => ({ name: this.#fresh("t"), type, shape }));
    const node = { op, domain, inputs, outputs: edges, attributes };
    this.#nodes.push(node);
    this.#byKey.set(key, node);
    for (const edge of edges) this.#producers.set(edge.name, node);
    return edges;
  }

  /** What a node of one input and no attributes has already made of it. */
  made(op: string, input: Edge): Edge | undefined {
    return this.#byKey.get(keyOf(op, [input], 1, {}, ""))?.outputs[0];
  }

  producer(edge: Edge): GraphNode | undefined {
    return this.#producers.get(edge.name);
  }

  /** The graph that computes `outputs` under the given names. */
  finish(outputs: ReadonlyMap<string, Edge>): Graph {
    const renamed = new Map<string, string>();
    const copies: GraphNode[] = [];
    for (const [name, edge] of outputs) {
      // An input, a constant, or what is wanted under two names is copied; else the node itself takes the name.
      const isFree = this.#producers.has(edge.name) && !renamed.has(edge.name);
      if (isFree) renamed.set(edge.name, name);
      else copies.push({ ...IDENTITY, inputs: [edge], outputs: [{ ...edge, name }] });
    }
    const needed = new Set([...outputs.values()].map((edge) => edge.name));
    const kept: GraphNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((edge) => needed.has(edge.name))) continue;
      kept.push(node);
      for (const edge of node.inputs) needed.add(edge.name);
    }
    const rename = (edge: Edge): Edge => ({ ...edge, name: renamed.get(edge.name) ?? edge.name });
    const nodes = [...kept.reverse().map((node) => withoutUnusedOutputs(node, needed)), ...copies];
    return {
      inputs: this.#inputs.filter((edge) => needed.has(edge.name)),
      outputs: [...outputs].map(([name, edge]) => ({ ...edge, name })),
      nodes: nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
      initializers: [...this.#initializers.values()].filter(({ edge }) => needed.has(edge.name)),
    };
  }

  #fresh(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }
}

function keyOf(
  op: string,
  inputs: readonly Edge[],
  outputCount: number,
  attributes: Attributes,
  domain: string,
): string {
  return `${domain}:${op}(${inputs.map((edge) => edge.name)})${JSON.stringify(attributes)}[${outputCount}]`;
}

function withoutUnusedOutputs(node: GraphNode, needed: ReadonlySet<string>): GraphNode {
  const last = node.outputs.findLastIndex((edge) => needed.has(edge.name));
  if (last < 0) return node;
  return { ...node, outputs: node.outputs.slice(0, last + 1) };
}

function toTyped(type: OnnxType, values: readonly number[]): Initializer["data"] {
  switch (type) {
    case "float32":
      return Float32Array.from(values);
    case "int32":
      return Int32Array.from(values);
    case "int64":
      return BigInt64Array.from(values, BigInt);
    case "bool":
    case "uint8":
      return Uint8Array.from(values);
    case "int8":
      return Int8Array.from(values);
    default:
      throw type satisfies never;
  }
}
