// From a traced step in float32 to one in 8 bits: the ranges of its activations are observed over calibration runs.
import { AppError } from "@engram/core";
import type { CreateSession } from "../onnx/device-state.ts";
import { OnnxProgram } from "../onnx/program.ts";
import type { Program, Step, StepInputs, TensorDataMap, TensorSpec } from "../step.ts";
import type { Edge, Graph, GraphNode } from "../trace/graph.ts";
import { GRAPH_NAMES, type TracedStep } from "../trace/trace-step.ts";
import type { Ranges } from "./affine.ts";
import { edgesToObserve, quantizeGraph } from "./quantize-graph.ts";

/**
 * Runs the step in float32 over the calibration's inputs, each from the same `state`, and quantizes it for what its
 * activations were (`quantizeGraph`). A channel's range is the mean over the runs of its least and of its largest value:
 * one rare peak must not coarsen all else. The same inputs give the same graph. A step without convolutions that pay in
 * 8 bits stays as it is.
 *
 * @throws AppError BAD_INPUT where the calibration gives no input
 */
export async function quantizeStep(
  step: Step,
  traced: TracedStep,
  state: TensorDataMap,
  calibration: AsyncIterable<StepInputs>,
  createSession: CreateSession,
): Promise<TracedStep> {
  const edges = edgesToObserve(traced.graph);
  if (edges.length === 0) return traced;
  const observing = withExtremes(traced.graph, edges);
  const program = new OnnxProgram(step, observing, await createSession(observing.graph), state);
  try {
    const ranges = await observe(program, edges, calibration);
    if (ranges === null) {
      throw new AppError(
        "BAD_INPUT",
        `Step "${step.name}": INT8 wants at least one calibration run, came none.`,
      );
    }
    return { ...traced, graph: quantizeGraph(traced.graph, ranges), inPlaceState: [] };
  } finally {
    await program.dispose();
  }
}

const EXTREMES = [
  ["min", "ReduceMin"],
  ["max", "ReduceMax"],
] as const;

const outputName = (edge: Edge, extreme: keyof Ranges) => `${extreme} of ${edge.name}`;

/** The step with the extremes of each channel of some edges for outputs, which leaves the state as it is. */
function withExtremes(graph: Graph, edges: readonly Edge[]): TracedStep {
  const axes: Edge = { name: "all but channels", type: "int64", shape: [3] };
  const nodes: GraphNode[] = [];
  const outputs: Record<string, TensorSpec> = {};
  for (const edge of edges) {
    const shape = [edge.shape[1]!];
    for (const [extreme, op] of EXTREMES) {
      const name = outputName(edge, extreme);
      const output: Edge = { name: GRAPH_NAMES.output(name), type: "float32", shape };
      const inputs = [edge, axes];
      nodes.push({ op, domain: "", inputs, outputs: [output], attributes: { keepdims: 0 } });
      outputs[name] = { shape, dtype: "float32" };
    }
  }
  const observing: Graph = {
    inputs: graph.inputs,
    outputs: nodes.flatMap((node) => node.outputs),
    nodes: [...graph.nodes, ...nodes],
    initializers: [...graph.initializers, { edge: axes, data: BigInt64Array.of(0n, 2n, 3n) }],
  };
  return { graph: observing, outputs, changedState: [], inPlaceState: [] };
}

async function observe(
  program: Program,
  edges: readonly Edge[],
  calibration: AsyncIterable<StepInputs>,
): Promise<ReadonlyMap<string, Ranges> | null> {
  const sums = new Map(
    edges.map(({ name, shape }) => [
      name,
      { min: new Float32Array(shape[1]!), max: new Float32Array(shape[1]!) },
    ]),
  );
  let runs = 0;
  for await (const { batch, scalars } of calibration) {
    const seen = await program.run(batch, scalars);
    for (const edge of edges) {
      for (const [extreme] of EXTREMES) {
        const sum = sums.get(edge.name)![extreme];
        for (const [channel, value] of seen[outputName(edge, extreme)]!.entries()) sum[channel]! += value;
      }
    }
    runs++;
  }
  if (runs === 0) return null;
  for (const range of sums.values()) {
    for (const sum of Object.values(range)) for (let i = 0; i < sum.length; i++) sum[i]! /= runs;
  }
  return sums;
}
