// A traced step on ONNX Runtime. The state lives here, in the layout of the graph. On the host a run writes the next value
// over the present one where the graph allows it; elsewhere two buffers take turns. On a device that keeps the state,
// what a run returned is what the next is fed. Either way nothing is copied here between runs; the Node binding copies once
// what a run returns to the host.
import { AppError } from "@engram/core";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { checkBatch, checkScalars, checkState, mapValues, sizeOf, typedArray } from "../host-data.ts";
import type { Program, Step, TensorData, TensorDataMap, TensorSpec } from "../step.ts";
import { stateOrder, toLogical, toPhysical } from "../trace/layout.ts";
import { GRAPH_NAMES, type TracedStep } from "../trace/trace-step.ts";
import type { DeviceState } from "./device-state.ts";

type Batch = Readonly<Record<string, TensorData["data"]>>;

export class OnnxProgram implements Program {
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly #step: Step;
  readonly #traced: TracedStep;
  readonly #session: InferenceSession;
  readonly #inputNames: ReadonlySet<string>;
  readonly #deviceState: DeviceState | null;
  #state: Record<string, Tensor>;
  #spare: Record<string, Tensor>;
  #isRunning = false;
  #hasFailed = false;
  #isDisposed = false;

  /** @param deviceState where the session leaves the state on its device; null: it is on the host */
  constructor(
    step: Step,
    traced: TracedStep,
    session: InferenceSession,
    state: TensorDataMap,
    deviceState: DeviceState | null = null,
  ) {
    this.outputs = traced.outputs;
    this.#step = step;
    this.#traced = traced;
    this.#session = session;
    this.#inputNames = new Set(session.inputNames);
    this.#state = mapValues(state, toStateTensor);
    this.#deviceState = deviceState;
    const isInPlace = new Set(traced.inPlaceState);
    const spare = deviceState === null ? traced.changedState.filter((name) => !isInPlace.has(name)) : [];
    this.#spare = Object.fromEntries(spare.map((name) => [name, emptyTensor(step.state[name]!)]));
  }

  async run(batch: Batch, scalars: Readonly<Record<string, number>> = {}) {
    checkBatch(this.#step, batch);
    checkScalars(this.#step, scalars);
    this.#enter();
    try {
      const results = await this.#session.run(this.#feeds(batch, scalars), this.#fetches());
      this.#advance(results);
      return mapValues(this.outputs, (_, name) => dataOf(results[GRAPH_NAMES.output(name)] as Tensor));
    } catch (err) {
      // Part of the state may have been written over already.
      this.#hasFailed = true;
      throw err;
    } finally {
      this.#isRunning = false;
    }
  }

  async readState() {
    if (this.#deviceState !== null) {
      this.#enter();
      try {
        return await this.#deviceState.read(this.#state);
      } finally {
        this.#isRunning = false;
      }
    }
    this.#checkReady();
    this.#checkWhole();
    return mapValues(this.#step.state, (spec, name): TensorData => {
      const data = toLogical(dataOf(this.#state[name]!), spec.shape, stateOrder(spec.shape));
      return { ...spec, data: data.slice() };
    });
  }

  async writeState(state: TensorDataMap) {
    this.#checkReady();
    checkState(this.#step, state);
    for (const tensor of Object.values(this.#state)) tensor.dispose();
    this.#state = mapValues(state, toStateTensor);
    this.#hasFailed = false;
  }

  async dispose() {
    if (this.#isDisposed) return;
    this.#checkReady();
    this.#isDisposed = true;
    for (const tensor of Object.values(this.#state)) tensor.dispose();
    this.#state = {};
    this.#spare = {};
    await this.#deviceState?.dispose();
    await this.#session.release();
  }

  #advance(results: InferenceSession.OnnxValueMapType): void {
    const previous = this.#state;
    if (this.#deviceState === null) {
      this.#state = { ...previous, ...this.#spare };
      this.#spare = mapValues(this.#spare, (_, name) => previous[name]!);
      return;
    }
    const replaced = Object.fromEntries(this.#traced.changedState.map((name) => [name, previous[name]!]));
    const next = mapValues(replaced, (_, name) => results[GRAPH_NAMES.nextState(name)] as Tensor);
    this.#state = { ...previous, ...next };
    for (const tensor of Object.values(replaced)) tensor.dispose();
  }

  #feeds(batch: Batch, scalars: Readonly<Record<string, number>>): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, spec] of Object.entries(this.#step.batch)) {
      feeds[GRAPH_NAMES.batch(name)] = new Tensor(spec.dtype, batch[name]!, spec.shape);
    }
    for (const name of this.#step.scalars) {
      feeds[GRAPH_NAMES.scalar(name)] = new Tensor("float32", Float32Array.of(scalars[name]!), []);
    }
    for (const [name, tensor] of Object.entries(this.#state)) feeds[GRAPH_NAMES.state(name)] = tensor;
    // An input that the step does not use is not in its graph.
    return Object.fromEntries(Object.entries(feeds).filter(([name]) => this.#inputNames.has(name)));
  }

  #fetches(): Record<string, Tensor | null> {
    const fetches: Record<string, Tensor | null> = {};
    for (const name of Object.keys(this.outputs)) fetches[GRAPH_NAMES.output(name)] = null;
    for (const name of this.#traced.changedState) {
      const isOnDevice = this.#deviceState !== null;
      fetches[GRAPH_NAMES.nextState(name)] = isOnDevice ? null : (this.#spare[name] ?? this.#state[name]!);
    }
    return fetches;
  }

  #enter(): void {
    this.#checkReady();
    this.#checkWhole();
    this.#isRunning = true;
  }

  #checkWhole(): void {
    if (!this.#hasFailed) return;
    const reason = "failed in a run, and its state with it, until another is written";
    throw new AppError("INTERNAL", `Program "${this.#step.name}" ${reason}.`);
  }

  #checkReady(): void {
    const problem = this.#isDisposed
      ? "was already disposed"
      : this.#isRunning
        ? "is still running"
        : undefined;
    if (problem) throw new AppError("INTERNAL", `Program "${this.#step.name}" ${problem}.`);
  }
}

function toStateTensor({ data, shape, dtype }: TensorData): Tensor {
  const order = stateOrder(shape);
  const copy = toPhysical(data, shape, order).slice();
  return new Tensor(
    dtype,
    copy,
    order.map((axis) => shape[axis]!),
  );
}

function emptyTensor({ shape, dtype }: TensorSpec): Tensor {
  const dims = stateOrder(shape).map((axis) => shape[axis]!);
  return new Tensor(dtype, typedArray(dtype, sizeOf(shape)), dims);
}

function dataOf(tensor: Tensor): TensorData["data"] {
  return tensor.data as TensorData["data"];
}
