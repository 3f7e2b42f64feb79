// A process that watches its own memory while it works: `node --expose-gc --import tsx memory-process.ts <work>`.
// Prints its readings as JSON.
import { memory } from "@tensorflow/tfjs";
import { adamInitialState, adamStateSpecs, adamStep } from "../adam.ts";
import { mapValues } from "../host-data.ts";
import * as ops from "../ops.ts";
import type { Device, Program, Step, TensorDataMap } from "../step.ts";
import { compiled, eager, noise } from "./both-devices.ts";
import { networkInitialState, networkTrainingStep } from "./mnad-shaped.ts";

export interface Reading {
  readonly tensors: number;
  /** of JavaScript: its heap and the arrays outside of it */
  readonly heapMb: number;
  /** of the process, native memory included */
  readonly residentMb: number;
}

export interface Readings {
  /** before anything was compiled */
  readonly before: Reading;
  readonly early: Reading;
  readonly late: Reading;
  /** when every program is disposed */
  readonly after: Reading;
}

const MEBIBYTE = 2 ** 20;

/** Small enough for 1,000 steps of the reference device. */
const parameters = { filter: { shape: [3, 3, 4, 2], dtype: "float32" } } as const;
const small: Step = {
  name: "small",
  state: { ...parameters, ...adamStateSpecs(parameters) },
  constants: {},
  batch: { image: { shape: [4, 8, 8, 4], dtype: "float32" } },
  scalars: ["stepNumber"],
  run({ state, batch, scalars }) {
    const { loss, aux, grads } = ops.valueAndNamedGrads(
      ({ filter }) => {
        const output = ops.relu(ops.conv2d(batch.image as ops.Tensor4D, filter as ops.Tensor4D, 2, "same"));
        return { loss: ops.mean(ops.square(ops.sub(output, 1))), aux: { output } };
      },
      { filter: state.filter! },
    );
    const next = adamStep(state, grads, ops.scalar(1e-3), scalars.stepNumber!);
    return { state: { ...state, ...next }, outputs: { loss, output: aux.output } };
  },
};
const smallState = { filter: noise(parameters.filter.shape), ...adamInitialState(parameters) };
const network = { size: 16, width: 4, batch: 2, items: 5 };
const networkStep = networkTrainingStep(network);

function read(): Reading {
  // Twice: what finalizers of the first collection let go of goes with the second.
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    tensors: memory().numTensors,
    heapMb: (heapUsed + external) / MEBIBYTE,
    residentMb: rss / MEBIBYTE,
  };
}

async function steps(program: Program, step: Step, from: number, to: number): Promise<Reading> {
  for (let stepNumber = from; stepNumber <= to; stepNumber++) {
    const batch = mapValues(step.batch, ({ shape }) => noise(shape, stepNumber).data);
    const rate: Record<string, number> = step.scalars.includes("learningRate") ? { learningRate: 1e-3 } : {};
    await program.run(batch, { ...rate, stepNumber });
  }
  return read();
}

/** After 200 and after 1,000 steps of one program, and once it is gone. */
async function manySteps(device: Device, step: Step, state: TensorDataMap): Promise<Readings> {
  const before = read();
  const program = await device.compile(step, state);
  const early = await steps(program, step, 1, 200);
  const late = await steps(program, step, 201, 1000);
  await program.dispose();
  return { before, early, late, after: read() };
}

/** After 10 and after 50 programs, each compiled, run once and disposed. */
async function manyPrograms(device: Device): Promise<Readings> {
  const compileAndRun = async (count: number) => {
    for (let index = 0; index < count; index++) {
      const program = await device.compile(small, smallState);
      await steps(program, small, 1, 1);
      await program.dispose();
    }
    return read();
  };
  const before = read();
  const early = await compileAndRun(10);
  const late = await compileAndRun(40);
  return { before, early, late, after: late };
}

const WORKS = {
  "steps, compiled": () => manySteps(compiled, networkStep, networkInitialState(network)),
  "steps, eager": () => manySteps(eager, small, smallState),
  "programs, compiled": () => manyPrograms(compiled),
  "programs, eager": () => manyPrograms(eager),
};
export type Work = keyof typeof WORKS;
process.stdout.write(JSON.stringify(await WORKS[process.argv[2] as Work]()));
