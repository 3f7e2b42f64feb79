// The compiled device: steps traced to ONNX and run by ONNX Runtime's CPU provider, which comes inside its npm package.
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { AppError } from "@engram/core";
import { InferenceSession } from "onnxruntime-node";
import { checkState } from "../host-data.ts";
import type { Device, Program, Step, TensorDataMap } from "../step.ts";
import { traceStep } from "../trace/trace-step.ts";
import { encodeModel } from "./model-proto.ts";
import { OnnxProgram } from "./program.ts";

const SEVERITY_ERROR = 3;

export interface OnnxDeviceOptions {
  /** threads within an operation; default: one per available core */
  readonly threads?: number;
  /** ONNX Runtime writes a trace of each run to files that begin with this path */
  readonly profilePrefix?: string;
}

export function openOnnxCpuDevice(options: OnnxDeviceOptions = {}): Device {
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new AppError("BAD_INPUT", `threads: expected a whole number of at least 1, came ${threads}.`);
  }
  const session: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: SEVERITY_ERROR,
    ...(options.profilePrefix && { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  return {
    id: "onnx-cpu",
    kind: "compiled",
    description: `ONNX Runtime ${runtimeVersion()}, CPU provider, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    compile: (step, state) => compile(step, state, session),
    dispose: async () => {},
  };
}

async function compile(
  step: Step,
  state: TensorDataMap,
  options: InferenceSession.SessionOptions,
): Promise<Program> {
  checkState(step, state);
  const traced = traceStep(step);
  const model = encodeModel(traced.graph, step.name);
  return new OnnxProgram(step, traced, await InferenceSession.create(model, options), state);
}

function runtimeVersion(): string {
  const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
  return version;
}
