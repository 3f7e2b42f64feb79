// State that stays on a device between runs. The Node binding can feed such a tensor to a session but not read it, so it
// is read by a session of its own, whose outputs go to the host.
import type { InferenceSession, OnnxValueDataLocation, Tensor } from "onnxruntime-node";
import { mapValues } from "../host-data.ts";
import type { Step, TensorData, TensorDataMap } from "../step.ts";
import type { Graph } from "../trace/graph.ts";
import { GRAPH_NAMES, type TracedStep, traceStep } from "../trace/trace-step.ts";

export type OutputLocations = Readonly<Record<string, OnnxValueDataLocation>>;

export type CreateSession = (graph: Graph, outputLocations?: OutputLocations) => Promise<InferenceSession>;

/** Outputs that are not named here go to the host. */
export function stateOnDevice({ changedState }: TracedStep): OutputLocations {
  return Object.fromEntries(changedState.map((name) => [GRAPH_NAMES.nextState(name), "gpu-buffer"]));
}

export class DeviceState {
  readonly #specs: Step["state"];
  readonly #createSession: CreateSession;
  #session: InferenceSession | undefined;

  constructor(step: Step, createSession: CreateSession) {
    this.#specs = step.state;
    this.#createSession = createSession;
  }

  /** Copies to the host. `state` is in the layout of the graph; what is returned is in logical order. */
  async read(state: Readonly<Record<string, Tensor>>): Promise<TensorDataMap> {
    if (Object.keys(this.#specs).length === 0) return {};
    this.#session ??= await this.#createSession(traceStep(readerOf(this.#specs)).graph);
    const feeds = Object.fromEntries(
      Object.entries(state).map(([name, tensor]) => [GRAPH_NAMES.state(name), tensor]),
    );
    const results = await this.#session.run(feeds);
    return mapValues(this.#specs, (spec, name) => {
      const { data } = results[GRAPH_NAMES.output(name)]!;
      return { ...spec, data: data as TensorData["data"] };
    });
  }

  async dispose(): Promise<void> {
    await this.#session?.release();
  }
}

function readerOf(specs: Step["state"]): Step {
  return {
    name: "state",
    state: specs,
    constants: {},
    batch: {},
    scalars: [],
    run: ({ state }) => ({ state, outputs: state }),
  };
}
