// Whole training runs: what a detector relies on beyond single kernels.
import { describe, expect, it } from "vitest";
import { mapValues } from "./host-data.ts";
import * as ops from "./ops.ts";
import type { Device, Program, Step, TensorDataMap } from "./step.ts";
import { compiled, eager, noise } from "./testing/both-devices.ts";
import { type NetworkSize, networkInitialState, networkTrainingStep } from "./testing/mnad-shaped.ts";

const TINY: NetworkSize = { size: 16, width: 4, batch: 2, items: 5 };
const step = networkTrainingStep(TINY);

function batchOf(stepNumber: number) {
  const values = (name: "frames" | "target") =>
    noise(step.batch[name]!.shape, stepNumber * 2 + name.length).data as Float32Array;
  return { frames: values("frames"), target: values("target") };
}

async function train(program: Program, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let stepNumber = from; stepNumber <= to; stepNumber += 1) {
    const { loss } = await program.run(batchOf(stepNumber), { learningRate: 1e-3, stepNumber });
    losses.push(loss![0]!);
  }
  return losses;
}

async function withProgram<T>(device: Device, state: TensorDataMap, work: (program: Program) => Promise<T>) {
  const program = await device.compile(step, state);
  try {
    return await work(program);
  } finally {
    await program.dispose();
  }
}

const initial = networkInitialState(TINY);

describe("a training run", () => {
  it("has the same losses compiled as eager over 20 steps, and learns", async () => {
    const expected = await withProgram(eager, initial, (program) => train(program, 1, 20));
    const came = await withProgram(compiled, initial, (program) => train(program, 1, 20));
    expect(came).toBeAllClose(expected, { rtol: 0, atol: 1e-3 });
    expect(came[19]!).toBeLessThan(came[0]! * 0.9);
  }, 180_000);

  it("is bit-identical when repeated on the compiled device", async () => {
    const run = () =>
      withProgram(compiled, initial, async (program) => ({
        losses: await train(program, 1, 5),
        state: await program.readState(),
      }));
    expect(await run()).toEqual(await run());
  });

  it("continues from a read state to the same losses as without the interruption", async () => {
    const whole = await withProgram(compiled, initial, (program) => train(program, 1, 8));
    const middle = await withProgram(compiled, initial, async (program) => {
      await train(program, 1, 4);
      return program.readState();
    });
    const rest = await withProgram(compiled, middle, (program) => train(program, 5, 8));
    expect(rest).toEqual(whole.slice(4));
  });

  it("moves from the compiled device to the eager one in the middle", async () => {
    const whole = await withProgram(eager, initial, (program) => train(program, 1, 4));
    const middle = await withProgram(compiled, initial, async (program) => {
      await train(program, 1, 2);
      return program.readState();
    });
    const rest = await withProgram(eager, middle, (program) => train(program, 3, 4));
    expect(rest).toBeAllClose(whole.slice(2), { rtol: 0, atol: 1e-3 });
  });
});

describe.each([
  ["compiled", compiled],
  ["eager", eager],
])("a program, %s", (_, device) => {
  const counter: Step = {
    name: "counter",
    state: {
      filter: { shape: [2, 1, 3, 2], dtype: "float32" },
      untouched: { shape: [2, 3, 1, 1], dtype: "float32" },
      count: { shape: [], dtype: "int32" },
      flags: { shape: [3], dtype: "bool" },
    },
    constants: { one: { shape: [], dtype: "int32", data: Int32Array.of(1) } },
    batch: { x: { shape: [2], dtype: "float32" }, unused: { shape: [1], dtype: "float32" } },
    scalars: ["factor"],
    run: ({ state, constants, batch, scalars }) => ({
      state: {
        ...state,
        filter: ops.mul(state.filter!, scalars.factor!),
        count: ops.add(state.count!, constants.one!),
        flags: ops.logicalNot(state.flags!),
      },
      outputs: { x: batch.x!, doubled: ops.mul(batch.x!, 2), same: state.untouched!, two: ops.scalar(2) },
    }),
  };
  const state: TensorDataMap = {
    filter: { shape: [2, 1, 3, 2], dtype: "float32", data: Float32Array.from({ length: 12 }, (_, i) => i) },
    untouched: noise([2, 3, 1, 1]),
    count: { shape: [], dtype: "int32", data: Int32Array.of(7) },
    flags: { shape: [3], dtype: "bool", data: Uint8Array.of(1, 0, 1) },
  };
  const batch = { x: Float32Array.of(1, -1), unused: Float32Array.of(0) };

  it("gives its state back in the logical layout, changed by its runs, and takes it back", async () => {
    const program = await device.compile(counter, state);
    expect(await program.readState()).toEqual(state);
    await program.run(batch, { factor: 2 });
    const { x, doubled, same, two } = await program.run(batch, { factor: 3 });
    expect([x, doubled, two]).toEqual([batch.x, Float32Array.of(2, -2), Float32Array.of(2)]);
    expect(same).toEqual(state.untouched!.data);
    const after = await program.readState();
    expect(after.filter!.data).toEqual((state.filter!.data as Float32Array).map((value) => value * 6));
    expect(after.count!.data).toEqual(Int32Array.of(9));
    expect(after.flags).toEqual(state.flags);
    await program.writeState(state);
    expect(await program.readState()).toEqual(state);
    await program.dispose();
  });

  it("keeps what it read, and what it was given, apart from its own memory", async () => {
    const given = mapValues(state, (value) => ({ ...value, data: value.data.slice() }));
    const program = await device.compile(counter, given);
    const before = await program.readState();
    await program.run(batch, { factor: 2 });
    await program.run(batch, { factor: 2 });
    expect(before).toEqual(state);
    expect(given).toEqual(state);
    await program.dispose();
  });

  it("knows its outputs before the first run", async () => {
    const program = await device.compile(counter, state);
    expect(program.outputs.doubled).toEqual({ shape: [2], dtype: "float32" });
    await program.dispose();
  });

  it("refuses a batch, a scalar or a state that is not what the step declares, and says what it expected", async () => {
    const program = await device.compile(counter, state);
    await expect(program.run({ x: batch.x }, { factor: 1 })).rejects.toThrow(/batch: expected "unused"/);
    await expect(program.run({ ...batch, x: new Float32Array(3) }, { factor: 1 })).rejects.toThrow(
      /batch "x": expected a Float32Array of 2 .* came a Float32Array of 3/,
    );
    await expect(program.run(batch)).rejects.toThrow(/scalars: expected "factor"/);
    await expect(program.writeState({ ...state, count: noise([]) })).rejects.toThrow(
      /state "count": expected int32 \[\], came float32 \[\]/,
    );
    await program.dispose();
    await expect(program.run(batch, { factor: 1 })).rejects.toThrow(/disposed/);
  });

  it("refuses a step that returns another state than it declares", async () => {
    const bad: Step = {
      ...counter,
      run: ({ state }) => ({ state: { ...state, count: ops.zeros([2]) }, outputs: {} }),
    };
    await expect(device.compile(bad, state)).rejects.toThrow(
      /state "count": expected int32 \[\], came float32 \[2\]/,
    );
  });
});

describe("what cannot be compiled", () => {
  const stepOf = (run: (x: ops.Tensor) => ops.Tensor): Step => ({
    name: "bad",
    state: {},
    constants: {},
    batch: { x: { shape: [2, 3], dtype: "float32" } },
    scalars: [],
    run: ({ batch }) => ({ state: {}, outputs: { y: run(batch.x!) } }),
  });

  it("names the kernel and the line of the step", async () => {
    const cosine = (x: ops.Tensor) => x.cos();
    await expect(compiled.compile(stepOf(cosine), {})).rejects.toMatchObject({
      code: "UNSUPPORTED_KERNEL",
      message: expect.stringMatching(/Kernel Cos is not supported \(program\.test\.ts:\d+\)/),
    });
  });

  it("names a read of a value, and its line", async () => {
    const reader = (x: ops.Tensor) => ops.mul(x, ops.max(x).dataSync()[0]!);
    await expect(compiled.compile(stepOf(reader), {})).rejects.toMatchObject({
      code: "UNSUPPORTED_KERNEL",
      message: expect.stringMatching(/reads a tensor's value.*\(program\.test\.ts:\d+\)/),
    });
  });

  it("leaves the device usable", async () => {
    const program = await compiled.compile(
      stepOf((x) => ops.neg(x)),
      {},
    );
    const { y } = await program.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(y![5]).toBe(-6);
    await program.dispose();
  });
});

it("a second run before the first ended is refused, and the first is not harmed", async () => {
  await withProgram(compiled, initial, async (program) => {
    const first = program.run(batchOf(1), { learningRate: 1e-3, stepNumber: 1 });
    await expect(program.run(batchOf(1), { learningRate: 1e-3, stepNumber: 1 })).rejects.toThrow(
      /still running/,
    );
    expect((await first).loss![0]).toBeGreaterThan(0);
  });
});
