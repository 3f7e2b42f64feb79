// A step as a file for others: the trace that the platform runs, its constants inside, under plain names and in logical
// layouts, so that any ONNX runtime of the opset runs it without this code.
import { AppError } from "@engram/core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { mapValues } from "../host-data.ts";
import type { Step, TensorData, TensorMap, TensorSpec } from "../step.ts";
import type { Edge, Graph } from "../trace/graph.ts";
import { GRAPH_NAMES, traceStep } from "../trace/trace-step.ts";
import { encodeModel, type ModelTexts, OPSET } from "./model-proto.ts";

/** An input or output of an encoded step; dense, row-major, of this very shape. */
export interface EncodedTensor extends TensorSpec {
  readonly name: string;
}

export interface EncodedStep {
  /** the bytes of a `model.onnx` */
  readonly model: Uint8Array;
  /** of standard ONNX; no other operators are used */
  readonly opset: number;
  readonly inputs: readonly EncodedTensor[];
  readonly outputs: readonly EncodedTensor[];
}

/** What a state tensor is called in the file: `memory/items` goes in as `memory_items`, comes out as `memory_items_next`. */
export const ENCODED_NAMES = {
  state: (name: string) => name.replaceAll(/[^A-Za-z0-9]+/g, "_"),
  nextState: (name: string) => `${ENCODED_NAMES.state(name)}_next`,
} as const;

/**
 * Traces the step into a model that stands alone. Batch, scalars (rank 0) and outputs keep the step's names; each state
 * tensor is an input and an output, for the caller to carry from run to run. An input that the step does not use is
 * left out.
 *
 * @param texts the version of the producer, what the model is, and a sentence for each input and output
 * @throws AppError UNSUPPORTED_KERNEL as `traceStep`, or naming an operator that is not of standard ONNX
 */
export function encodeStep(step: Step, texts: ModelTexts): EncodedStep {
  const open = withOpenState(step);
  const traced = traceStep(open);
  requireStandardOperators(traced.graph, step.name);
  const names = new Map<string, string>();
  for (const name of Object.keys(open.batch)) names.set(GRAPH_NAMES.batch(name), name);
  for (const name of open.scalars) names.set(GRAPH_NAMES.scalar(name), name);
  for (const name of Object.keys(traced.outputs)) names.set(GRAPH_NAMES.output(name), name);
  const graph = renamed(traced.graph, names);
  const specs: Readonly<Record<string, TensorSpec>> = {
    ...open.batch,
    ...Object.fromEntries(open.scalars.map((name) => [name, { shape: [], dtype: "float32" as const }])),
    ...traced.outputs,
  };
  const describe = ({ name }: Edge): EncodedTensor => ({ name, ...specs[name]! });
  return {
    model: encodeModel(graph, step.name, texts),
    opset: OPSET,
    inputs: graph.inputs.map(describe),
    outputs: graph.outputs.map(describe),
  };
}

/** The step with its state in the open, as part of batch and outputs, where tensors lie in logical order. */
function withOpenState(step: Step): Step {
  const open = Object.fromEntries(
    Object.entries(step.state).map(([name, spec]) => [ENCODED_NAMES.state(name), spec]),
  );
  return {
    ...step,
    state: {},
    batch: { ...step.batch, ...open },
    run({ batch, ...rest }) {
      const state = mapValues(step.state, (_, name) => batch[ENCODED_NAMES.state(name)]!);
      const result = step.run({ ...rest, batch, state });
      const next: TensorMap = Object.fromEntries(
        Object.keys(step.state).map((name) => [ENCODED_NAMES.nextState(name), result.state[name]!]),
      );
      return { state: {}, outputs: { ...result.outputs, ...next } };
    },
  };
}

function requireStandardOperators({ nodes }: Graph, stepName: string): void {
  const foreign = nodes.find(({ domain }) => domain !== "");
  if (foreign === undefined) return;
  throw new AppError(
    "UNSUPPORTED_KERNEL",
    `Step "${stepName}" cannot be exported: its operator ${foreign.op} is of ${foreign.domain}, not of standard ONNX.`,
  );
}

function renamed(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const rename = (edge: Edge): Edge => ({ ...edge, name: names.get(edge.name) ?? edge.name });
  return {
    ...graph,
    inputs: graph.inputs.map(rename),
    outputs: graph.outputs.map(rename),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
  };
}

/** An encoded step, run as anybody would run it: by ONNX Runtime's CPU provider with its own defaults. */
export interface EncodedProgram {
  /** by name; inputs that the model does not have are left out */
  run(
    inputs: Readonly<Record<string, TensorData["data"]>>,
  ): Promise<Readonly<Record<string, TensorData["data"]>>>;
  dispose(): Promise<void>;
}

export async function openEncodedStep({ model, inputs }: EncodedStep): Promise<EncodedProgram> {
  const session = await InferenceSession.create(model, { executionProviders: ["cpu"] });
  return {
    async run(given) {
      const feeds = inputs.map(({ name, dtype, shape }) => [name, new Tensor(dtype, given[name]!, shape)]);
      const results = await session.run(Object.fromEntries(feeds));
      return mapValues(results, (tensor) => tensor.data as TensorData["data"]);
    },
    dispose: () => session.release(),
  };
}
