import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import * as ops from "../ops.ts";
import type { Device, Step, TensorDataMap } from "../step.ts";
import { compiled, eager, noise } from "../testing/both-devices.ts";
import "../testing/all-close.ts";
import { encodeStep, openEncodedStep } from "./export.ts";

const TOLERANCE = { rtol: 1e-5, atol: 1e-6 };
const FILTER = noise([3, 3, 2, 4], 1);
const TEXTS = {
  version: "1.2.3",
  description: "A small step.",
  describe: (name: string) => `What ${name} is.`,
};

/** State of rank 4 and 2, a gate, constants: everything that a scoring step may have. */
const step: Step = {
  name: "small",
  state: {
    "memory/items": { shape: [3, 4], dtype: "float32" },
    "blur/filter": { shape: [3, 3, 4, 2], dtype: "float32" },
  },
  constants: { filter: FILTER },
  batch: {
    frames: { shape: [1, 6, 5, 2], dtype: "float32" },
    unused: { shape: [7], dtype: "float32" },
  },
  scalars: ["gate"],
  run({ state, constants, batch, scalars }) {
    const items = state["memory/items"] as ops.Tensor2D;
    const filter = state["blur/filter"] as ops.Tensor4D;
    const frames = batch.frames as ops.Tensor4D;
    const features = ops.relu(ops.conv2d(frames, constants.filter as ops.Tensor4D, 1, "same"));
    const picture = ops.conv2d(features, filter, 1, "same");
    const score = ops.mean(ops.square(ops.sub(picture, frames)));
    const rows = ops.reshape(features, [30, 4]) as ops.Tensor2D;
    const read = ops.matMul(ops.softmax(ops.matMul(rows, items, false, true)), items);
    const update = ops.add(items, ops.mul(0.01, ops.matMul(items, ops.matMul(read, rows, true, false))));
    return {
      state: {
        "memory/items": ops.where(ops.less(score, scalars.gate!), update, items),
        "blur/filter": ops.mul(filter, 0.9),
      },
      outputs: { score, features },
    };
  },
};
const initial: TensorDataMap = { "memory/items": noise([3, 4], 2), "blur/filter": noise([3, 3, 4, 2], 3) };
const framesOf = (run: number) => noise([1, 6, 5, 2], 10 + run).data as Float32Array;
const GATES = [0, 1e6, 1e6, 0.5];

async function runOn(device: Device) {
  const program = await device.compile(step, initial);
  const runs = [];
  for (const [run, gate] of GATES.entries()) {
    const outputs = await program.run({ frames: framesOf(run), unused: new Float32Array(7) }, { gate });
    const state = await program.readState();
    runs.push({
      ...outputs,
      memory_items_next: state["memory/items"]!.data,
      blur_filter_next: state["blur/filter"]!.data,
    });
  }
  await program.dispose();
  return runs as Readonly<Record<string, Float32Array>>[];
}

describe("an encoded step", () => {
  it("names and shapes its inputs and outputs as the step does, state in logical order, unused inputs left out", () => {
    const { inputs, outputs, opset } = encodeStep(step, TEXTS);
    const dtype = "float32";
    expect(opset).toBe(18);
    expect(inputs).toEqual(
      expect.arrayContaining([
        { name: "frames", shape: [1, 6, 5, 2], dtype },
        { name: "memory_items", shape: [3, 4], dtype },
        { name: "blur_filter", shape: [3, 3, 4, 2], dtype },
        { name: "gate", shape: [], dtype },
      ]),
    );
    expect(inputs).toHaveLength(4);
    expect(outputs).toEqual([
      { name: "score", shape: [], dtype },
      { name: "features", shape: [1, 6, 5, 4], dtype },
      { name: "memory_items_next", shape: [3, 4], dtype },
      { name: "blur_filter_next", shape: [3, 3, 4, 2], dtype },
    ]);
  });

  it("runs in plain onnxruntime-node as the programs of both devices do, its state carried by the caller", async () => {
    const { model } = encodeStep(step, TEXTS);
    const session = await InferenceSession.create(model);
    const [onCompiled, onEager] = [await runOn(compiled), await runOn(eager)];
    let memory_items = new Tensor("float32", initial["memory/items"]!.data as Float32Array, [3, 4]);
    let blur_filter = new Tensor("float32", initial["blur/filter"]!.data as Float32Array, [3, 3, 4, 2]);
    for (const [run, gate] of GATES.entries()) {
      const results = await session.run({
        frames: new Tensor("float32", framesOf(run), [1, 6, 5, 2]),
        gate: new Tensor("float32", Float32Array.of(gate), []),
        ...{ memory_items, blur_filter },
      });
      for (const [name, tensor] of Object.entries(results)) {
        const came = tensor.data as Float32Array;
        expect(came, `${name} of run ${run}`).toBeAllClose(onCompiled[run]![name]!, TOLERANCE);
        expect(came, `${name} of run ${run}`).toBeAllClose(onEager[run]![name]!, TOLERANCE);
      }
      memory_items = results.memory_items_next as typeof memory_items;
      blur_filter = results.blur_filter_next as typeof blur_filter;
    }
    await session.release();
  });

  it("opens here as it does elsewhere", async () => {
    const program = await openEncodedStep(encodeStep(step, TEXTS));
    const results = await program.run({
      frames: framesOf(0),
      gate: Float32Array.of(GATES[0]!),
      memory_items: initial["memory/items"]!.data,
      blur_filter: initial["blur/filter"]!.data,
    });
    const [expected] = await runOn(compiled);
    expect(results.score).toBeAllClose(expected!.score!, TOLERANCE);
    await program.dispose();
  });

  it("carries the texts for whoever opens the file, and is the same bytes every time", () => {
    const { model } = encodeStep(step, TEXTS);
    const text = Buffer.from(model).toString("latin1");
    for (const said of ["engram", "1.2.3", "A small step.", "What frames is.", "What score is."])
      expect(text).toContain(said);
    expect(Buffer.from(encodeStep(step, TEXTS).model).equals(model)).toBe(true);
  });
});
