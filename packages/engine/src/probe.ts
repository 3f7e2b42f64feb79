// A device that loads may still compute nonsense: a wrong driver, a processor without the instructions it was built for.
// Here it proves itself with a convolution and both its gradients, and is timed with a larger one.
import { AppError } from "@engram/core";
import { mapValues, sizeOf } from "./host-data.ts";
import * as ops from "./ops.ts";
import type { Device, Program, Step, TensorData, TensorSpec } from "./step.ts";

interface ProbeShape {
  readonly batch: number;
  /** height and width */
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

const KERNEL = 3;
const PROOF: ProbeShape = { batch: 2, size: 7, from: 8, to: 4 };
/** The first is for devices that would take a minute for the second. */
const TIMED: readonly ProbeShape[] = [
  { batch: 1, size: 16, from: 32, to: 32 },
  { batch: 4, size: 32, from: 64, to: 64 },
];

/**
 * Providers choose their algorithms by shape; one by way of a transform (Winograd, FFT) or in TF32 rounds even whole
 * numbers. Nonsense is further off than that.
 */
const TOLERANCE = 1e-3;

const RUNS = 5;
/** A run that takes longer is not repeated, nor is a larger one tried. */
const SLOW_MS = 50;

/** `loss = Σ output² / 2`, so that the output is its own gradient. */
function gradientsOf(image: ops.Tensor, filter: ops.Tensor) {
  return ops.valueAndNamedGrads(
    (inputs) => {
      const output = ops.conv2d(inputs.image as ops.Tensor4D, inputs.filter as ops.Tensor4D, 1, "same");
      return { loss: ops.div(ops.sum(ops.square(output)), 2), aux: { output } };
    },
    { image, filter },
  );
}

function imageSpec({ batch, size, from }: ProbeShape): TensorSpec {
  return { shape: [batch, size, size, from], dtype: "float32" };
}

function filterSpec({ from, to }: ProbeShape): TensorSpec {
  return { shape: [KERNEL, KERNEL, from, to], dtype: "float32" };
}

const proofStep: Step = {
  name: "probe",
  state: { filter: filterSpec(PROOF) },
  constants: {},
  batch: { image: imageSpec(PROOF) },
  scalars: [],
  run({ state, batch }) {
    const { aux, grads } = gradientsOf(batch.image!, state.filter!);
    return { state: { filter: grads.filter }, outputs: { output: aux.output, imageGradient: grads.image } };
  },
};

/** Both gradients are needed for its outputs, which are single numbers: their way to the host is not what is timed. */
function timedStep(shape: ProbeShape): Step {
  return {
    name: "speed",
    state: { filter: filterSpec(shape) },
    constants: {},
    batch: { image: imageSpec(shape) },
    scalars: [],
    run({ state, batch }) {
      const { grads } = gradientsOf(batch.image!, state.filter!);
      return { state, outputs: mapValues(grads, (gradient) => ops.max(gradient)) };
    },
  };
}

/** Small whole numbers without a pattern that a mixed-up axis would keep. */
function wholeNumbers(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => ((index * index + 3 * index) % 7) - 3);
}

/** @throws AppError UNAVAILABLE where the device's convolution or a gradient of it is not what it must be */
export async function probe(device: Device): Promise<void> {
  const image = wholeNumbers(sizeOf(proofStep.batch.image!.shape));
  const filter = wholeNumbers(sizeOf(proofStep.state.filter!.shape));
  const expected = convolveByHand(image, filter);
  await withProgram(device, proofStep, filter, async (program) => {
    const { output, imageGradient } = await program.run({ image });
    const state = await program.readState();
    check("convolution", expected.output, output!);
    check("convolution's input gradient", expected.imageGradient, imageGradient!);
    check("convolution's filter gradient", expected.filterGradient, state.filter!.data);
  });
}

/**
 * The device's speed in GFLOP/s: a 3×3 convolution of float32 [4, 32, 32, 64] to 64 channels and both its gradients, in
 * the fastest of a few runs; on a slow device a smaller one.
 */
export async function measureSpeed(device: Device): Promise<number> {
  let speed = Number.NaN;
  for (const shape of TIMED) {
    const operations = 3 * 2 * shape.batch * shape.size ** 2 * KERNEL ** 2 * shape.from * shape.to;
    const fastestMs = await timeFastestRun(device, timedStep(shape));
    speed = operations / fastestMs / 1e6;
    if (fastestMs > SLOW_MS) break;
  }
  return speed;
}

/** In ms. */
function timeFastestRun(device: Device, step: Step): Promise<number> {
  const image = wholeNumbers(sizeOf(step.batch.image!.shape));
  return withProgram(device, step, wholeNumbers(sizeOf(step.state.filter!.shape)), async (program) => {
    // Compiles shaders and fills caches.
    await program.run({ image });
    let fastest = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run += 1) {
      const startedAt = performance.now();
      await program.run({ image });
      fastest = Math.min(fastest, performance.now() - startedAt);
      if (fastest > SLOW_MS) break;
    }
    return fastest;
  });
}

async function withProgram<T>(
  device: Device,
  step: Step,
  filter: Float32Array,
  work: (program: Program) => Promise<T>,
): Promise<T> {
  const program = await device.compile(step, { filter: { ...step.state.filter!, data: filter } });
  try {
    return await work(program);
  } finally {
    await program.dispose();
  }
}

/** What `proofStep` must give, in plain loops. */
function convolveByHand(image: Float32Array, filter: Float32Array) {
  const { batch, size, to } = PROOF;
  const output = new Float32Array(batch * size * size * to);
  forEachProduct((out, pixel, weight) => {
    output[out]! += image[pixel]! * filter[weight]!;
  });
  const [imageGradient, filterGradient] = [new Float32Array(image.length), new Float32Array(filter.length)];
  forEachProduct((out, pixel, weight) => {
    imageGradient[pixel]! += output[out]! * filter[weight]!;
    filterGradient[weight]! += output[out]! * image[pixel]!;
  });
  return { output, imageGradient, filterGradient };
}

/** The flat indices of every product of a pixel and a weight in the convolution of `PROOF`, padding "same". */
function forEachProduct(visit: (out: number, pixel: number, weight: number) => void): void {
  const { batch, size, from, to } = PROOF;
  const rim = (KERNEL - 1) / 2;
  const isInside = (place: number) => place >= 0 && place < size;
  for (let place = 0; place < batch * size * size; place += 1) {
    const [row, column] = [Math.floor(place / size) % size, place % size];
    for (let tap = 0; tap < KERNEL ** 2; tap += 1) {
      const [down, right] = [Math.floor(tap / KERNEL) - rim, (tap % KERNEL) - rim];
      if (!isInside(row + down) || !isInside(column + right)) continue;
      for (let pair = 0; pair < from * to; pair += 1) {
        const [input, output] = [Math.floor(pair / to), pair % to];
        visit(place * to + output, (place + down * size + right) * from + input, tap * from * to + pair);
      }
    }
  }
}

function check(what: string, expected: Float32Array, came: TensorData["data"]): void {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  // Written so that NaN fails.
  const isRight = (value: number, index: number) => Math.abs(value - expected[index]!) <= TOLERANCE * scale;
  const wrong = Array.from(came).findIndex((value, index) => !isRight(value, index));
  if (came.length === expected.length && wrong === -1) return;
  throw new AppError(
    "UNAVAILABLE",
    `its ${what} is wrong: at ${wrong} of ${expected.length} expected ${expected[wrong]}, came ${came[wrong]}.`,
  );
}
