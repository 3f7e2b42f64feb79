// The convolutions of a graph that are computed in 8 bits, each with the bias and the ReLU that follow it.
import type { Edge, Graph, GraphNode } from "../trace/graph.ts";
import { phasesOf } from "./phases.ts";

/** A convolution with constant weights: its nodes, from `Conv` or `ConvTranspose` to the ReLU, and what they hold. */
export interface Convolution {
  /** in order; the first is the convolution itself */
  readonly nodes: readonly [GraphNode, ...GraphNode[]];
  readonly input: Edge;
  /** float32; OIHW, of a transposed convolution IOHW */
  readonly filter: { readonly shape: readonly number[]; readonly data: Float32Array };
  /** float32 [outputs]; null: none */
  readonly bias: Float32Array | null;
  /** what leaves the last of the nodes */
  readonly output: Edge;
}

/** Convolutions at the end of a path that stay in float32: what they round goes into errors and scores as it is. */
const LAST_IN_FLOAT = 3;

/**
 * The convolutions over two axes, of constant weights, that pay in 8 bits. Not among them are the first ones (no
 * convolution comes before), whose inputs would be cut to what calibration saw, and the last three of a path. A path
 * leads from convolution to convolution and ends where anything but bias, ReLU, pooling and concatenation comes next:
 * such a result is wanted in full.
 */
export function findConvolutions(graph: Graph): Convolution[] {
  const uses = usesOf(graph);
  const constants = new Map(graph.initializers.map(({ edge, data }) => [edge.name, data]));
  const reached = behindConvolutions(graph);
  const depths = convolutionsAfter(graph);
  return graph.nodes.flatMap((node) => {
    const [input, filter] = node.inputs;
    if (!isConvolution(node) || !isEligible(node) || input === undefined || filter === undefined) return [];
    const data = constants.get(filter.name);
    if (!(data instanceof Float32Array) || !reached.has(input.name)) return [];
    const after = followers(node, uses, constants);
    if ((depths.get(after.output.name) ?? 0) < LAST_IN_FLOAT) return [];
    return [{ ...after, input, filter: { shape: filter.shape, data } }];
  });
}

type Uses = ReadonlyMap<string, readonly GraphNode[]>;

/** The nodes that read an edge; none where it is an output of the graph, which is wanted as it is. */
function usesOf(graph: Graph): Uses {
  const uses = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const { name } of node.inputs) uses.set(name, [...(uses.get(name) ?? []), node]);
  }
  for (const { name } of graph.outputs) uses.delete(name);
  return uses;
}

function isConvolution({ op }: GraphNode): boolean {
  return op === "Conv" || op === "ConvTranspose";
}

function isEligible(node: GraphNode): boolean {
  const isFlat = node.inputs[0]!.shape.length === 4 && node.attributes.group === undefined;
  return isFlat && (node.op === "Conv" || phasesOf(node) !== null);
}

function behindConvolutions({ nodes }: Graph): ReadonlySet<string> {
  const reached = new Set<string>();
  for (const node of nodes) {
    if (!isConvolution(node) && !node.inputs.some(({ name }) => reached.has(name))) continue;
    for (const { name } of node.outputs) reached.add(name);
  }
  return reached;
}

const PATH_GOES_ON: ReadonlySet<string> = new Set(["Add", "Relu", "MaxPool", "Concat"]);

/** How many convolutions come after an edge on the longest path. */
function convolutionsAfter({ nodes }: Graph): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const node of nodes.toReversed()) {
    if (!isConvolution(node) && !PATH_GOES_ON.has(node.op)) continue;
    const behind = Math.max(...node.outputs.map(({ name }) => depths.get(name) ?? 0));
    const depth = behind + (isConvolution(node) ? 1 : 0);
    for (const { name } of node.inputs) depths.set(name, Math.max(depth, depths.get(name) ?? 0));
  }
  return depths;
}

/** The addition of a bias and the ReLU behind a convolution, where nothing else uses what lies between. */
function followers(
  node: GraphNode,
  uses: Uses,
  constants: ReadonlyMap<string, unknown>,
): Pick<Convolution, "nodes" | "bias" | "output"> {
  const nodes: [GraphNode, ...GraphNode[]] = [node];
  let output = node.outputs[0]!;
  const next = () => {
    const users = uses.get(output.name) ?? [];
    return users.length === 1 ? users[0]! : null;
  };
  const append = (follower: GraphNode) => {
    nodes.push(follower);
    output = follower.outputs[0]!;
  };
  const own = node.inputs[2];
  let bias = own === undefined ? undefined : constants.get(own.name);
  const add = next();
  if (own === undefined && add?.op === "Add") {
    const other = add.inputs.find(({ name }) => name !== output.name);
    const isPerChannel = other?.shape.join() === [1, output.shape[1], 1, 1].join();
    const values = isPerChannel ? constants.get(other!.name) : undefined;
    if (values instanceof Float32Array) {
      bias = values;
      append(add);
    }
  }
  const relu = next();
  if (relu?.op === "Relu") append(relu);
  return { nodes, bias: bias instanceof Float32Array ? bias : null, output };
}
