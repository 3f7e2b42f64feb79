// Which outputs of a graph may be written over an input's memory while the graph runs.
import { sizeOf } from "../host-data.ts";
import type { Graph, GraphNode } from "./graph.ts";

/** Each element of the result depends on the same element of the operands alone, and is written after it was read. */
const ELEMENTWISE: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div"]);

/**
 * Whether `output` may lie where `input` lies: the input has one reader, an elementwise node over its whole shape, and
 * the output is that node's or is computed from its result, so that nothing reads the input once the output is written.
 * True for the moments of an optimizer. Conservative: false where it cannot tell.
 */
export function mayOverwrite(graph: Graph, input: string, output: string): boolean {
  const readers = graph.nodes.filter((node) => node.inputs.some((edge) => edge.name === input));
  const [reader] = readers;
  if (readers.length !== 1 || reader === undefined || !ELEMENTWISE.has(reader.op)) return false;
  const producer = graph.nodes.find((node) => node.outputs.some((edge) => edge.name === output));
  if (producer === undefined || !ELEMENTWISE.has(producer.op)) return false;
  const source = reader.inputs.find((edge) => edge.name === input);
  const result = reader.outputs[0];
  if (sizeOf(source?.shape ?? []) !== sizeOf(result?.shape ?? [])) return false;
  return producer === reader || readsFrom(producer, reader);
}

function readsFrom(node: GraphNode, source: GraphNode): boolean {
  return node.inputs.some((edge) => source.outputs.some(({ name }) => name === edge.name));
}
