// The compiled devices: steps traced to ONNX and run by ONNX Runtime on one of its execution providers.
import { availableParallelism } from "node:os";
import { AppError } from "@engram/core";
import { InferenceSession } from "onnxruntime-node";
import { checkState } from "../host-data.ts";
import type { Device, Program, Step, TensorDataMap } from "../step.ts";
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
    logSeverityLevel: SEVERITY_ERROR,
    ...(options.profilePrefix && { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  const provider = PROVIDERS[id];
  const hostThreads = `${threads} ${threads === 1 ? "thread" : "threads"}`;
  return {
    id,
    kind: "compiled",
    description: `ONNX Runtime ${onnxRuntimeVersion()}, ${provider.title}, ${hostThreads}`,
    compile: (step, state) => compile(step, state, provider, session),
    dispose: async () => {},
  };
}

async function compile(
  step: Step,
  state: TensorDataMap,
  provider: Provider,
  options: InferenceSession.SessionOptions,
): Promise<Program> {
  checkState(step, state);
  const traced = traceStep(step);
  const createSession: CreateSession = (graph, outputLocations) =>
    InferenceSession.create(encodeModel(graph, step.name), {
      ...options,
      executionProviders: provider.configure(graph),
      ...(outputLocations && { preferredOutputLocation: outputLocations }),
    });
  if (!provider.keepsState) return new OnnxProgram(step, traced, await createSession(traced.graph), state);
  const session = await createSession(traced.graph, stateOnDevice(traced));
  return new OnnxProgram(step, traced, session, state, new DeviceState(step, createSession));
}
