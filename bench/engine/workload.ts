// The works that are measured, as the platform does them: MNAD prediction at its published width, colour frames.
import { resolveHyperparameters } from "@engram/core";
import { createDetector, type Detector } from "@engram/detectors";
import { ops, type Step, sizeOf, type TensorDataMap, type TensorSpec } from "@engram/engine";
import { mulberry32, uniformArray } from "@engram/numerics";
import type { Order } from "./order.ts";

const CHANNELS = 3;
/** Rows and columns of the product that the machine's peak is measured with. */
const PRODUCT_SIDE = 2048;
const FILTER = "/filter";

export interface Workload {
  readonly step: Step;
  readonly scalars: Readonly<Record<string, number>>;
  readonly parameterCount: number | null;
  /** made anew for each caller, so that whoever is done with it lets go of it */
  initialState(): TensorDataMap;
}

export function workload({ work, size, batch }: Pick<Order, "work" | "size" | "batch">): Workload {
  switch (work) {
    case "train":
      return training(detectorOf(size, batch));
    case "score":
      return scoring(detectorOf(size, batch));
    case "peak":
      return matrixProduct();
    default:
      throw work satisfies never;
  }
}

/** Frames of noise, 0…255, for whatever the step takes. */
export function batchFor(step: Step): Record<string, Float32Array> {
  const draws = mulberry32(1);
  const entries = Object.entries(step.batch).map(([name, spec]) => [
    name,
    uniformArray(sizeOf(spec.shape), draws, 0, 255),
  ]);
  return Object.fromEntries(entries);
}

/**
 * Floating-point operations of one step, a multiply-add counted as two. Of the network its convolutions count, the
 * rest is under a percent: each filter is applied once per pixel of what it slides over. A training step counts as
 * three forward passes: one forward, one for the gradients of activations, one for those of filters.
 */
export function flopsPerStep({ work, size, batch }: Pick<Order, "work" | "size" | "batch">): number {
  if (work === "peak") return 2 * PRODUCT_SIDE ** 3;
  let forward = 0;
  for (const [name, spec] of Object.entries(detectorOf(size, batch).modelSpecs)) {
    if (name.endsWith(FILTER)) forward += 2 * sizeOf(spec.shape) * batch * pixelsUnder(name, size);
  }
  return work === "train" ? 3 * forward : forward;
}

/** Pixels that a layer's filter slides over: conv2.1 works at half the side, conv3.1 at a quarter; up4 from an eighth. */
function pixelsUnder(filterName: string, size: number): number {
  const level = Number(/^[a-z]+(\d)/.exec(filterName)?.[1]);
  if (Number.isNaN(level))
    throw new Error(`The filter "${filterName}" does not say at which level it works.`);
  return (size / 2 ** (level - 1)) ** 2;
}

function detectorOf(size: number, batchSize: number): Detector {
  const hyperparameters = resolveHyperparameters("MNAD_PREDICTION", "paper", { size, batchSize });
  return createDetector("MNAD_PREDICTION", hyperparameters);
}

function training(detector: Detector): Workload {
  return {
    step: detector.trainStep(CHANNELS),
    scalars: { learningRate: detector.hyperparameters.learningRate, stepNumber: 1 },
    parameterCount: detector.parameterCount,
    initialState: () => detector.initialState(0),
  };
}

function scoring(detector: Detector): Workload {
  const model = detector.deployable(detector.initialState(0));
  const memory = Object.fromEntries(Object.keys(detector.memorySpecs).map((name) => [name, model[name]!]));
  return {
    step: detector.scoreStep(model, CHANNELS),
    scalars: detector.gate === null ? {} : { gate: detector.gate },
    parameterCount: detector.parameterCount,
    initialState: () => memory,
  };
}

/** a ← a·b, float32, within the program: nothing is copied. Entries of variance 1/n keep a's size as it is. */
function matrixProduct(): Workload {
  const spec: TensorSpec = { shape: [PRODUCT_SIDE, PRODUCT_SIDE], dtype: "float32" };
  const bound = Math.sqrt(3 / PRODUCT_SIDE);
  const draws = mulberry32(1);
  const matrix = () => ({ ...spec, data: uniformArray(sizeOf(spec.shape), draws, -bound, bound) });
  return {
    step: {
      name: "matrix-product",
      state: { a: spec, b: spec },
      constants: {},
      batch: {},
      scalars: [],
      run: ({ state }) => ({ state: { ...state, a: ops.matMul(state.a!, state.b!) }, outputs: {} }),
    },
    scalars: {},
    parameterCount: null,
    initialState: () => ({ a: matrix(), b: matrix() }),
  };
}
