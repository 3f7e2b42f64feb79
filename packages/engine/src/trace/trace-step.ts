// A step, traced: its ONNX graph and what its inputs and outputs are called there.
import { AppError } from "@engram/core";
import { engine, type Tensor } from "@tensorflow/tfjs";
import { mapValues } from "../host-data.ts";
import type { DType, Step, TensorMap, TensorSpec } from "../step.ts";
import { tensorInfo, traceWith } from "./backend.ts";
import type { Edge, Graph } from "./graph.ts";
import { mayOverwrite } from "./in-place.ts";
import { identity, type Order, stateOrder } from "./layout.ts";
import { type Traced, type TraceOptions, Tracer } from "./tracer.ts";

export interface TracedStep {
  readonly graph: Graph;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  /** state tensors that the step changes; the others stay as they are */
  readonly changedState: readonly string[];
  /** those of them whose next value may be written over the present one while the graph runs */
  readonly inPlaceState: readonly string[];
}

/** How a step's tensors are named in its graph. */
export const GRAPH_NAMES = {
  state: (name: string) => `state/${name}`,
  nextState: (name: string) => `next/${name}`,
  batch: (name: string) => `batch/${name}`,
  scalar: (name: string) => `scalar/${name}`,
  output: (name: string) => `output/${name}`,
} as const;

/**
 * Calls `step.run` once with symbolic tensors.
 *
 * @throws AppError UNSUPPORTED_KERNEL naming a kernel that has no lowering, or a read of a tensor's value
 * @throws AppError BAD_INPUT where the state that the step returns is not the state that it declares
 */
export function traceStep(step: Step, options: TraceOptions = {}): TracedStep {
  const tracer = new Tracer(options);
  let traced: TracedStep | undefined;
  traceWith(tracer, () =>
    engine().tidy(() => {
      traced = trace(step, tracer);
    }),
  );
  return traced!;
}

function trace(step: Step, tracer: Tracer): TracedStep {
  const input = (name: string, spec: TensorSpec, order: Order) =>
    tensorOf(tracer.input(name, spec.shape, spec.dtype, order));
  const state = mapValues(step.state, (spec, name) =>
    input(GRAPH_NAMES.state(name), spec, stateOrder(spec.shape)),
  );
  const scalar = (name: string) => input(GRAPH_NAMES.scalar(name), { shape: [], dtype: "float32" }, []);
  const result = step.run({
    state,
    constants: mapValues(step.constants, ({ data, shape, dtype }) =>
      tensorOf(tracer.constant(data, shape, dtype)),
    ),
    batch: mapValues(step.batch, (spec, name) =>
      input(GRAPH_NAMES.batch(name), spec, identity(spec.shape.length)),
    ),
    scalars: Object.fromEntries(step.scalars.map((name) => [name, scalar(name)])),
  });
  checkReturnedState(step, result.state);
  const changedState = Object.keys(step.state).filter(
    (name) => result.state[name]!.dataId !== state[name]!.dataId,
  );
  const edges = new Map<string, Edge>();
  for (const name of changedState) {
    const value = tracedOf(result.state[name]!);
    edges.set(GRAPH_NAMES.nextState(name), tracer.fullEdgeIn(value, stateOrder(value.shape)));
  }
  for (const [name, value] of Object.entries(result.outputs)) {
    edges.set(GRAPH_NAMES.output(name), tracer.rowMajor(tracedOf(value)));
  }
  const graph = tracer.graph.finish(edges);
  return {
    graph,
    outputs: mapValues(result.outputs, ({ shape, dtype }) => ({ shape: [...shape], dtype: dtype as DType })),
    changedState,
    inPlaceState: changedState.filter((name) =>
      mayOverwrite(graph, GRAPH_NAMES.state(name), GRAPH_NAMES.nextState(name)),
    ),
  };
}

function tensorOf(value: Traced): Tensor {
  return engine().makeTensorFromTensorInfo(tensorInfo(value));
}

function tracedOf(tensor: Tensor): Traced {
  return tensor.dataId as Traced;
}

function checkReturnedState(step: Step, state: TensorMap): void {
  for (const [name, spec] of Object.entries(step.state)) {
    const value = state[name];
    const came = value ? `${value.dtype} [${value.shape.join(", ")}]` : "nothing";
    const expected = `${spec.dtype} [${spec.shape.join(", ")}]`;
    if (came !== expected) throw badState(step, name, expected, came);
  }
  const unknown = Object.keys(state).find((name) => !(name in step.state));
  if (unknown !== undefined) throw badState(step, unknown, "no state of that name", "a tensor");
}

function badState(step: Step, name: string, expected: string, came: string): AppError {
  return new AppError(
    "BAD_INPUT",
    `Step "${step.name}" returned state "${name}": expected ${expected}, came ${came}.`,
  );
}
