// The eager devices: a step runs as it is written, kernel by kernel, on a backend of TensorFlow.js. On the plain
// JavaScript one it is slow, and the reference that the compiled devices are tested against.
import { AppError } from "@engram/core";
import { type Tensor, tensor, tidy, version_core } from "@tensorflow/tfjs";
import { withBackend } from "./backend.ts";
import { checkBatch, checkScalars, checkState, mapValues } from "./host-data.ts";
import { requireFp32 } from "./quantize/require-fp32.ts";
import type {
  Device,
  DeviceId,
  DType,
  Program,
  Step,
  TensorData,
  TensorDataMap,
  TensorMap,
  TensorSpec,
} from "./step.ts";
import { traceStep } from "./trace/trace-step.ts";

export interface EagerDeviceOptions {
  readonly id: DeviceId;
  readonly description: string;
  /** a backend that is registered with TensorFlow.js */
  readonly backend: string;
}

const REFERENCE: EagerDeviceOptions = {
  id: "tfjs-cpu",
  description: `TensorFlow.js ${version_core}, plain JavaScript, 1 thread`,
  backend: "cpu",
};

export function openEagerDevice({ id, description, backend }: EagerDeviceOptions = REFERENCE): Device {
  return {
    id,
    kind: "eager",
    description,
    async compile(step, state, options) {
      requireFp32(id, options);
      return new EagerProgram(step, state, backend);
    },
    dispose: async () => {},
  };
}

class EagerProgram implements Program {
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  readonly #step: Step;
  readonly #backend: string;
  readonly #constants: TensorMap;
  #state: TensorMap;
  #isDisposed = false;

  constructor(step: Step, state: TensorDataMap, backend: string) {
    checkState(step, state);
    this.#step = step;
    this.#backend = backend;
    // Tracing tells the outputs without computing them, and refuses what a compiled device would refuse: before
    // anything is uploaded, which would be left behind.
    this.outputs = traceStep(step).outputs;
    this.#state = this.#upload(state);
    this.#constants = this.#upload(step.constants);
  }

  async run(
    batch: Readonly<Record<string, TensorData["data"]>>,
    scalars: Readonly<Record<string, number>> = {},
  ) {
    this.#checkAlive();
    checkBatch(this.#step, batch);
    checkScalars(this.#step, scalars);
    const result = this.#compute(batch, scalars);
    const outputs = mapValues(result.outputs, (output) => this.#read(output).data);
    discard(result.outputs, result.state, this.#state, this.#constants);
    const previous = this.#state;
    this.#state = result.state;
    discard(previous, this.#state);
    return outputs;
  }

  async readState() {
    this.#checkAlive();
    return mapValues(this.#state, (value) => this.#read(value));
  }

  async writeState(state: TensorDataMap) {
    this.#checkAlive();
    checkState(this.#step, state);
    const previous = this.#state;
    this.#state = this.#upload(state);
    discard(previous);
  }

  async dispose() {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    discard(this.#state);
    discard(this.#constants);
  }

  #compute(
    batch: Readonly<Record<string, TensorData["data"]>>,
    scalars: Readonly<Record<string, number>>,
  ): { state: TensorMap; outputs: TensorMap } {
    const step = this.#step;
    return withBackend(this.#backend, () =>
      tidy(() => {
        const result = step.run({
          state: this.#state,
          constants: this.#constants,
          batch: mapValues(step.batch, (spec, name) => toTensor({ ...spec, data: batch[name]! })),
          scalars: Object.fromEntries(
            step.scalars.map((name) => [name, tensor(scalars[name]!, [], "float32")]),
          ),
        });
        // One tensor may be returned under several names: each name then owns a handle of its own.
        return {
          state: mapValues(result.state, (value, name) =>
            value === this.#state[name] ? value : value.clone(),
          ),
          outputs: mapValues(result.outputs, (value) => value.clone()),
        };
      }),
    );
  }

  #upload(data: TensorDataMap): TensorMap {
    return withBackend(this.#backend, () => mapValues(data, toTensor));
  }

  #read(value: Tensor): TensorData {
    const data = withBackend(this.#backend, () => value.dataSync()) as TensorData["data"];
    return { ...specOf(value), data: data.slice() };
  }

  #checkAlive(): void {
    if (this.#isDisposed)
      throw new AppError("INTERNAL", `Program "${this.#step.name}" was already disposed.`);
  }
}

function toTensor({ data, shape, dtype }: TensorData): Tensor {
  return tensor(data.slice(), [...shape], dtype);
}

function specOf(value: Tensor): TensorSpec {
  return { shape: [...value.shape], dtype: value.dtype as DType };
}

function discard(tensors: TensorMap, ...keep: TensorMap[]): void {
  const kept = new Set(keep.flatMap((map) => Object.values(map)));
  for (const value of Object.values(tensors)) if (!kept.has(value)) value.dispose();
}
