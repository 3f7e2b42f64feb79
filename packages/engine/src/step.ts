// What a detector hands to the engine: a step is a pure function over tensors, with every shape known.
import type { Tensor } from "@tensorflow/tfjs";

export type DType = "float32" | "int32" | "bool";

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** A tensor's values on the host, row-major. */
export interface TensorData extends TensorSpec {
  readonly data: Float32Array | Int32Array | Uint8Array;
}

export type TensorMap = Readonly<Record<string, Tensor>>;
export type TensorDataMap = Readonly<Record<string, TensorData>>;

/**
 * One step of work, `(state, constants, batch, scalars) → (state', outputs)`.
 *
 * `run` must not read a tensor's value nor depend on one, and must be deterministic: the compiled device calls it
 * once, to trace it. It returns the whole new state (a tensor that did not change may be returned as it came).
 */
export interface Step {
  readonly name: string;
  /** carried from run to run inside the program: parameters, optimizer moments, statistics, memory items */
  readonly state: Readonly<Record<string, TensorSpec>>;
  /** never change while the program lives: the weights of a scoring step. Compiled devices may fold them */
  readonly constants: TensorDataMap;
  /** given anew for each run */
  readonly batch: Readonly<Record<string, TensorSpec>>;
  /** float32 numbers given anew for each run: learning rate, step number */
  readonly scalars: readonly string[];
  run(inputs: {
    readonly state: TensorMap;
    readonly constants: TensorMap;
    readonly batch: TensorMap;
    /** rank 0, float32 */
    readonly scalars: TensorMap;
  }): { readonly state: TensorMap; readonly outputs: TensorMap };
}

/** A step made ready on a device. Runs one at a time; a second `run` before the first ended is an error. */
export interface Program {
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  run(
    batch: Readonly<Record<string, Float32Array | Int32Array | Uint8Array>>,
    scalars?: Readonly<Record<string, number>>,
  ): Promise<Readonly<Record<string, Float32Array | Int32Array | Uint8Array>>>;
  /** a copy of the state as it stands */
  readState(): Promise<TensorDataMap>;
  writeState(state: TensorDataMap): Promise<void>;
  dispose(): Promise<void>;
}

/** What one run of a step is given. */
export interface StepInputs {
  readonly batch: Readonly<Record<string, Float32Array | Int32Array | Uint8Array>>;
  readonly scalars?: Readonly<Record<string, number>>;
}

/**
 * INT8: convolutions with constant weights compute in 8 bits, for the ranges that activations take over the calibration
 * runs, which must be of the kind that the program will see. Only `onnx-cpu` can.
 */
export type CompileOptions =
  | { readonly precision: "FP32" }
  | { readonly precision: "INT8"; readonly calibration: AsyncIterable<StepInputs> };

export const DEVICE_IDS = [
  "onnx-tensorrt",
  "onnx-cuda",
  "onnx-webgpu",
  "onnx-cpu",
  "tfjs-node-gpu",
  "tfjs-node",
  "tfjs-cpu",
] as const;
export type DeviceId = (typeof DEVICE_IDS)[number];

export interface Device {
  readonly id: DeviceId;
  /** compiled: traced to ONNX and run by ONNX Runtime. eager: run as it is by a TensorFlow.js backend */
  readonly kind: "compiled" | "eager";
  /** one sentence for people: provider, version, threads */
  readonly description: string;
  /**
   * @param state the initial state; shapes must be those of `step.state`
   * @param options default: FP32
   * @throws AppError UNAVAILABLE where the device cannot compute in the precision
   */
  compile(step: Step, state: TensorDataMap, options?: CompileOptions): Promise<Program>;
  dispose(): Promise<void>;
}
