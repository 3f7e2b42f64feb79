// A TensorFlow.js backend whose kernels compute nothing: each call is appended to an ONNX graph.
import { AppError } from "@engram/core";
import {
  getKernelsForBackend,
  KernelBackend,
  registerBackend,
  registerKernel,
  type TensorInfo,
} from "@tensorflow/tfjs";
import { withBackend } from "../backend.ts";
import type { DType, TensorData } from "../step.ts";
import type { Lowering } from "./lowering.ts";
import { activationLowerings } from "./lowerings/activation.ts";
import { comparisonLowerings } from "./lowerings/comparison.ts";
import { constantLowerings } from "./lowerings/constant.ts";
import { convLowerings } from "./lowerings/conv.ts";
import { depthwiseConvLowerings } from "./lowerings/depthwise-conv.ts";
import { elementwiseLowerings } from "./lowerings/elementwise.ts";
import { gatherLowerings } from "./lowerings/gather.ts";
import { matMulLowerings } from "./lowerings/mat-mul.ts";
import { normalizationLowerings } from "./lowerings/normalization.ts";
import { padLowerings } from "./lowerings/pad.ts";
import { poolLowerings } from "./lowerings/pool.ts";
import { reductionLowerings } from "./lowerings/reduction.ts";
import { resizeLowerings } from "./lowerings/resize.ts";
import { shapeLowerings } from "./lowerings/shape.ts";
import type { Traced, Tracer } from "./tracer.ts";

const BACKEND = "engram-trace";

const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...activationLowerings,
  ...comparisonLowerings,
  ...constantLowerings,
  ...convLowerings,
  ...depthwiseConvLowerings,
  ...elementwiseLowerings,
  ...gatherLowerings,
  ...matMulLowerings,
  ...normalizationLowerings,
  ...padLowerings,
  ...poolLowerings,
  ...reductionLowerings,
  ...resizeLowerings,
  ...shapeLowerings,
};

class TracingBackend extends KernelBackend {
  tracer: Tracer | undefined;
  /** how many tensors share a value: TensorFlow.js counts its tensors rightly only if told when the last one goes */
  readonly #tensors = new WeakMap<object, number>();

  get active(): Tracer {
    if (!this.tracer) throw new AppError("INTERNAL", "A tensor of a traced step was used after the trace.");
    return this.tracer;
  }

  override write(values: unknown, shape: number[], dtype: string): object {
    const value = this.active.constant(values as TensorData["data"], shape, tracedDtype(dtype));
    this.incRef(value);
    return value;
  }

  override read(): never {
    throw this.#valueRead();
  }

  override readSync(): never {
    throw this.#valueRead();
  }

  override numDataIds(): number {
    return 0;
  }

  override disposeData(value: object): boolean {
    const left = this.refCount(value) - 1;
    this.#tensors.set(value, left);
    return left === 0;
  }

  override incRef(value: object): void {
    this.#tensors.set(value, this.refCount(value) + 1);
  }

  override refCount(value: object): number {
    return this.#tensors.get(value) ?? 0;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}

  #valueRead(): AppError {
    const reason = "A compiled step reads a tensor's value, which is not known while it is traced";
    return new AppError("UNSUPPORTED_KERNEL", `${reason}${sourceLine()}.`);
  }
}

const backend = new TracingBackend();
let isRegistered = false;

/** Runs `work` with every TensorFlow.js operation in it going to `tracer`'s graph. */
export function traceWith<T>(tracer: Tracer, work: () => T): T {
  register();
  backend.tracer = tracer;
  try {
    return withBackend(BACKEND, work);
  } finally {
    backend.tracer = undefined;
  }
}

function register(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerBackend(BACKEND, () => backend);
  const names = new Set([
    ...Object.keys(LOWERINGS),
    ...getKernelsForBackend("cpu").map(({ kernelName }) => kernelName),
  ]);
  for (const kernelName of names) {
    const lowering = LOWERINGS[kernelName];
    registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        if (!lowering) throw unknownKernel(kernelName);
        const result = lowering({
          tracer: backend.active,
          kernel: kernelName,
          inputs: tracedInputs(inputs as Record<string, TensorInfo | undefined>),
          attributes: (attrs ?? {}) as Readonly<Record<string, unknown>>,
        });
        return "kind" in result ? tensorInfo(result) : result.map(tensorInfo);
      },
    });
  }
}

function tracedInputs(inputs: Readonly<Record<string, TensorInfo | undefined>>): Record<string, Traced> {
  const given = Object.entries(inputs).filter((entry): entry is [string, TensorInfo] => entry[1] != null);
  return Object.fromEntries(given.map(([name, info]) => [name, info.dataId as Traced]));
}

/** What a new tensor with this value is made of. */
export function tensorInfo(value: Traced): TensorInfo {
  backend.incRef(value);
  return { dataId: value, shape: [...value.shape], dtype: value.dtype };
}

function tracedDtype(dtype: string): DType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new AppError("UNSUPPORTED_KERNEL", `A compiled step cannot hold ${dtype} tensors${sourceLine()}.`);
}

function unknownKernel(kernelName: string): AppError {
  const known = "the compiled devices have no lowering for it";
  return new AppError(
    "UNSUPPORTED_KERNEL",
    `Kernel ${kernelName} is not supported${sourceLine()}: ${known}.`,
  );
}

/** The line of the step's own code that the trace is at: the innermost one outside TensorFlow.js and this package. */
function sourceLine(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  const frames = (new Error("here").stack ?? "").split("\n").slice(1);
  Error.stackTraceLimit = stackTraceLimit;
  const own = frames.find((frame) => !/node_modules|node:|packages\/engine\/src\/(?!.*\.test\.)/.test(frame));
  const place = own?.match(/([^/\\\s(]+:\d+):\d+\)?$/)?.[1];
  return place ? ` (${place})` : "";
}
