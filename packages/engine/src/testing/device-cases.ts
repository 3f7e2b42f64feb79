// What a device must compute like `onnx-cpu`: kernels with their gradients, a short training, a scoring step, state of
// every type. A device that needs an environment of its own runs this in a process that was started with it.
import { mapValues } from "../host-data.ts";
import * as ops from "../ops.ts";
import type { Device, Program, Step, TensorData, TensorDataMap } from "../step.ts";
import { type Build, floats, integers, noise, runOn, stepOf } from "./both-devices.ts";
import { type NetworkSize, networkInitialState, networkTrainingStep } from "./mnad-shaped.ts";

type T1 = ops.Tensor1D;
type T2 = ops.Tensor2D;
type T4 = ops.Tensor4D;
type Results = Record<string, TensorData["data"]>;

interface KernelCase {
  readonly build: Build;
  readonly inputs: TensorDataMap;
  /** state of rank 4 lies as OIHW, as filters do */
  readonly home: "state" | "batch";
  readonly hasGradient: boolean;
}

const NETWORK: NetworkSize = { size: 16, width: 4, batch: 2, items: 5 };
const TRAINING_STEPS = 3;

const image = { x: noise([2, 7, 5, 3], 1) };
const differentiable = (
  inputs: TensorDataMap,
  build: Build,
  home: KernelCase["home"] = "batch",
): KernelCase => ({
  ...{ build, inputs, home, hasGradient: true },
});
const plain = (inputs: TensorDataMap, build: Build): KernelCase => ({
  ...{ build, inputs, home: "batch", hasGradient: false },
});

const KERNEL_CASES: Readonly<Record<string, KernelCase>> = {
  convolution: differentiable(
    { ...image, filter: noise([3, 3, 3, 5], 2) },
    ({ x, filter }) => ops.conv2d(x as T4, filter as T4, 1, "same"),
    "state",
  ),
  "convolution of every second pixel": differentiable(
    { ...image, filter: noise([3, 3, 3, 4], 2) },
    ({ x, filter }) => ops.conv2d(x as T4, filter as T4, 2, "valid"),
    "state",
  ),
  "transposed convolution": differentiable(
    { x: noise([2, 3, 4, 4], 1), filter: noise([3, 3, 3, 4], 2) },
    ({ x, filter }) => ops.conv2dTranspose(x as T4, filter as T4, [2, 6, 8, 3], 2, "same"),
    "state",
  ),
  "3-D convolution": differentiable(
    { x: noise([1, 3, 4, 5, 2], 1), filter: noise([2, 3, 3, 2, 3], 2) },
    ({ x, filter }) => ops.conv3d(x as ops.Tensor5D, filter as ops.Tensor5D, 1, "same"),
  ),
  pools: differentiable({ x: noise([2, 6, 4, 3], 1) }, ({ x }) => [
    ops.maxPool(x as T4, 2, 2, "valid"),
    ops.maxPool(x as T4, 3, 1, "same"),
    ops.avgPool(x as T4, 2, 2, "valid"),
  ]),
  "batch norm": differentiable(
    { ...image, gamma: noise([3], 2), beta: noise([3], 3) },
    ({ x, gamma, beta }) => ops.relu(ops.batchNormTraining(x as T4, gamma as T1, beta as T1).y),
  ),
  softmax: differentiable({ x: noise([4, 7], 1, 3) }, ({ x }) => [ops.softmax(x!), ops.l2Normalize(x!)]),
  reductions: differentiable({ x: noise([3, 4, 5], 1) }, ({ x }) => [
    ops.sum(x!, 1),
    ops.mean(x!),
    ops.max(x!, 2),
    ops.min(x!, 0, true),
  ]),
  "matrix products": differentiable({ a: noise([5, 6], 1), b: noise([7, 6], 2) }, ({ a, b }) => [
    ops.matMul(a as T2, b as T2, false, true),
    ops.matMul(b as T2, ops.transpose(a as T2)),
  ]),
  "concat, slice and pad": differentiable({ a: noise([2, 3, 4], 1), b: noise([2, 3, 2], 2) }, ({ a, b }) => {
    const joined = ops.concat([a!, b!], 2);
    const padding: [number, number][] = [
      [0, 0],
      [1, 0],
      [0, 2],
    ];
    return [ops.slice(joined, [0, 1, 2], [2, 2, 3]), ops.pad(joined, padding)];
  }),
  elementwise: differentiable({ x: noise([3, 4], 1), row: floats([4], [0.5, 1, 2, 3]) }, ({ x, row }) => [
    ops.tanh(ops.div(x!, row!)),
    ops.sigmoid(ops.mul(x!, row!)),
    ops.sqrt(ops.add(ops.square(x!), row!)),
    ops.log(ops.add(ops.exp(x!), 1)),
  ]),
  "compare and select": differentiable({ a: noise([3, 5], 1), b: noise([3, 5], 2) }, ({ a, b }) => [
    ops.where(ops.greater(a!, b!), a!, ops.neg(b!)),
    ops.maximum(a!, b!),
  ]),
  "gather, one-hot, arg-max and top-k": plain(
    { x: noise([4, 6], 1), rows: integers([3], [2, 0, 3]) },
    ({ x, rows }) => {
      const { values, indices } = ops.topk(x!, 2);
      return [ops.gather(x!, rows as T1), ops.oneHot(ops.argMax(x!, 1) as T1, 6), values, indices];
    },
  ),
  comparisons: plain({ a: integers([5], [1, 2, 3, 4, 5]), b: integers([5], [5, 2, 1, 4, 6]) }, ({ a, b }) => [
    ops.logicalAnd(ops.lessEqual(a!, b!), ops.notEqual(a!, b!)),
    ops.equal(a!, b!),
  ]),
};

export const KERNEL_CASE_NAMES: readonly string[] = Object.keys(KERNEL_CASES);

export interface DeviceResults {
  /** of each case its results, its loss and its gradients */
  readonly kernels: Readonly<Record<string, Results>>;
  readonly losses: readonly number[];
  /** the memory items after the last step: they are averages, and not amplified as Adam's moments are */
  readonly memory: TensorData["data"];
  readonly scores: Results;
  /** after runs that changed some of it */
  readonly state: Results;
}

export async function runDeviceCases(device: Device): Promise<DeviceResults> {
  const kernels: Record<string, Results> = {};
  for (const [name, { build, inputs, home, hasGradient }] of Object.entries(KERNEL_CASES)) {
    const outputs = await runOn(device, stepOf(build, inputs, home, hasGradient), inputs);
    kernels[name] = mapValues(outputs, ({ data }) => data);
  }
  return { kernels, ...(await train(device)), scores: await score(device), state: await count(device) };
}

async function train(device: Device): Promise<Pick<DeviceResults, "losses" | "memory">> {
  const step = networkTrainingStep(NETWORK);
  return withProgram(device, step, networkInitialState(NETWORK), async (program) => {
    const losses: number[] = [];
    for (let stepNumber = 1; stepNumber <= TRAINING_STEPS; stepNumber += 1) {
      const batch = mapValues(
        step.batch,
        ({ shape }, name) => noise(shape, stepNumber * 2 + name.length).data,
      );
      const { loss } = await program.run(batch, { learningRate: 1e-3, stepNumber });
      losses.push(loss![0]!);
    }
    const { memory } = await program.readState();
    return { losses, memory: memory!.data };
  });
}

/** Weights as constants, which a provider may fold; one error per frame. */
async function score(device: Device): Promise<Results> {
  const frames = noise([2, 8, 8, 3], 5);
  const step: Step = {
    name: "score",
    state: {},
    constants: {
      ...{ down: noise([3, 3, 3, 4], 1), up: noise([3, 3, 3, 4], 2), mean: noise([4], 3) },
      variance: floats([4], [0.5, 1, 1.5, 2]),
    },
    batch: { frames: { shape: frames.shape, dtype: "float32" } },
    scalars: [],
    run({ constants, batch }) {
      const coded = ops.conv2d(batch.frames as T4, constants.down as T4, 1, "same");
      const normed = ops.batchNorm(coded, constants.mean as T1, constants.variance as T1);
      const pooled = ops.maxPool(ops.relu(normed), 2, 2, "valid");
      const output = ops.tanh(ops.conv2dTranspose(pooled as T4, constants.up as T4, [2, 8, 8, 3], 2, "same"));
      const errors = ops.mean(ops.square(ops.sub(output, batch.frames!)), [1, 2, 3]);
      return { state: {}, outputs: { output, errors } };
    },
  };
  return withProgram(device, step, {}, (program) => program.run({ frames: frames.data }));
}

async function count(device: Device): Promise<Results> {
  const state: TensorDataMap = {
    filter: noise([2, 1, 3, 2], 1),
    untouched: noise([2, 3, 1, 1], 2),
    count: integers([], [7]),
    flags: { shape: [3], dtype: "bool", data: Uint8Array.of(1, 0, 1) },
  };
  const step: Step = {
    name: "count",
    state: mapValues(state, ({ shape, dtype }) => ({ shape, dtype })),
    constants: { one: integers([], [1]) },
    batch: {},
    scalars: ["factor"],
    run: ({ state: before, constants, scalars }) => ({
      state: {
        ...before,
        filter: ops.mul(before.filter!, scalars.factor!),
        count: ops.add(before.count!, constants.one!),
        flags: ops.logicalNot(before.flags!),
      },
      outputs: {},
    }),
  };
  return withProgram(device, step, state, async (program) => {
    await program.run({}, { factor: 2 });
    await program.run({}, { factor: 3 });
    const middle = await program.readState();
    await program.writeState(middle);
    await program.run({}, { factor: 0.5 });
    return mapValues(await program.readState(), ({ data }) => data);
  });
}

async function withProgram<T>(
  device: Device,
  step: Step,
  state: TensorDataMap,
  work: (program: Program) => Promise<T>,
): Promise<T> {
  const program = await device.compile(step, state);
  try {
    return await work(program);
  } finally {
    await program.dispose();
  }
}
