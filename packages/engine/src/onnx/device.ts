// The compiled devices: steps traced to ONNX and run by ONNX Runtime on one of its execution providers.
import { availableParallelism } from "node:os";
import { AppError } from "@engram/core";
import { InferenceSession } from "onnxruntime-node";
import { checkState } from "../host-data.ts";
import { quantizeStep } from "../quantize/quantize-step.ts";
import { requireFp32 } from "../quantize/require-fp32.ts";
import type { CompileOptions, Device, Program, Step, TensorDataMap } from "../step.ts";
import { traceStep } from "../trace/trace-step.ts";
import { type CreateSession, DeviceState, stateOnDevice } from "./device-state.ts";
import { encodeModel } from "./model-proto.ts";
import { OnnxProgram } from "./program.ts";
import { type OnnxDeviceId, onnxRuntimeVersion, PROVIDERS, type Provider } from "./providers.ts";

const SEVERITY_ERROR = 3;

export interface OnnxDeviceOptions {
  /** threads within an operation that runs on the CPU; default: one per available core */
  readonly threads?: number;
  /** ONNX Runtime writes a trace of each run to files that begin with this path */
  readonly profilePrefix?: string;
}

export function openOnnxDevice(id: OnnxDeviceId, options: OnnxDeviceOptions = {}): Device {
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new AppError("BAD_INPUT", `threads: expected a whole number of at least 1, came ${threads}.`);
  }
  const session: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // Planned memory comes on top of what the first run took: half as much again, for no speed (docs/engine.md).
    enableMemPattern: false,
    logSeverityLevel: SEVERITY_ERROR,
    ...(options.profilePrefix && { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  const provider = PROVIDERS[id];
  const hostThreads = `${threads} ${threads === 1 ? "thread" : "threads"}`;
  return {
    id,
    kind: "compiled",
    description: `ONNX Runtime ${onnxRuntimeVersion()}, ${provider.title}, ${hostThreads}`,
    async compile(step, state, options) {
      if (id !== "onnx-cpu") requireFp32(id, options);
      return compile(step, state, provider, session, options);
    },
    dispose: async () => {},
  };
}

async function compile(
  step: Step,
  state: TensorDataMap,
  provider: Provider,
  sessionOptions: InferenceSession.SessionOptions,
  options: CompileOptions = { precision: "FP32" },
): Promise<Program> {
  checkState(step, state);
  const createSession: CreateSession = (graph, outputLocations) =>
    InferenceSession.create(encodeModel(graph, step.name), {
      ...sessionOptions,
      executionProviders: provider.configure(graph),
      ...(outputLocations && { preferredOutputLocation: outputLocations }),
    });
  const exact = traceStep(step, { usesWinograd: provider.usesWinograd && options.precision === "FP32" });
  const traced =
    options.precision === "INT8"
      ? await quantizeStep(step, exact, state, options.calibration, createSession)
      : exact;
  if (!provider.keepsState) return new OnnxProgram(step, traced, await createSession(traced.graph), state);
  const session = await createSession(traced.graph, stateOnDevice(traced));
  return new OnnxProgram(step, traced, session, state, new DeviceState(step, createSession));
}
