import { resolveHyperparameters } from "@engram/core";
import { type Device, openDevice, ops } from "@engram/engine";
import { mulberry32 } from "@engram/numerics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldWeights, scoringLayers, trainingLayers } from "../layers/run-layer.ts";
import { createDetector } from "../registry.ts";
import { draw, evaluate, expectClose, unitRows } from "../testing/evaluate.ts";
import { readGolden } from "../testing/shared-file.ts";
import { tinyDetector } from "../testing/tiny.ts";
import { decode, encode, paint } from "../u-net/network.ts";
import { mnadLayers, mnadPredictionLayers, PREDICTION, RECONSTRUCTION } from "./layers.ts";
import { address, read, toMap, toQueries, update } from "./memory.ts";
import { rebuild } from "./network.ts";
import { initialState, MEMORY } from "./state.ts";

const counts = await readGolden<{ mnad_pred: { total: number }; mnad_recon: { total: number } }>(
  "param_counts",
);

const PUBLISHED_UPDATE = { updateMaximum: "ALL_QUERIES", updateScope: "BATCH", frames: 1 } as const;
const shapes = await readGolden<number[][]>("shapes_pred_64");

let device: Device;
beforeAll(async () => {
  device = await openDevice("tfjs-cpu");
});
afterAll(() => device.dispose());

describe("the size of the network", () => {
  const paper = (architecture: "MNAD_PREDICTION" | "MNAD_RECONSTRUCTION") =>
    createDetector(architecture, resolveHyperparameters(architecture, "paper")).parameterCount;

  it("is 15,650,819 numbers at the published width for prediction, 17,195,267 for reconstruction", () => {
    expect(paper("MNAD_PREDICTION")).toBe(15_650_819);
    expect(paper("MNAD_RECONSTRUCTION")).toBe(17_195_267);
  });

  it.skipIf(counts === null)("is the published code's without the BatchNorm that it never runs", () => {
    expect(paper("MNAD_PREDICTION")).toBe(counts!.mnad_pred.total - 2 * 512);
    expect(paper("MNAD_RECONSTRUCTION")).toBe(counts!.mnad_recon.total - 2 * 512);
  });
});

it.skipIf(shapes === null)(
  "has the published shapes from frames to prediction at the published width",
  async () => {
    const native = await openDevice("onnx-cpu", { threads: 1 });
    const wide = mnadLayers(PREDICTION, 64);
    const [items, frames] = [unitRows(draw([10, 512], 2, 0, 1)), draw([1, 64, 64, 12], 1, -1, 1)];
    const inputs = { ...foldWeights(wide, initialState(wide, 10, 0), 3), items, frames };
    const seen: number[][] = [];
    await evaluate(native, inputs, ({ items, frames, ...weights }) => {
      const run = scoringLayers(wide, weights);
      const encoding = encode(run, frames as ops.Tensor4D);
      const queries = toQueries(encoding.features);
      const keys = items as ops.Tensor2D;
      const addressing = address(queries, keys);
      const memory = read(queries, keys, addressing);
      const output = rebuild(run, PREDICTION, encoding, memory);
      const updated = update(queries, keys, addressing, PUBLISHED_UPDATE);
      const maps = [output, encoding.features, toMap(memory, encoding.features)];
      seen.push(
        ...maps.map(({ shape: [batch, height, width, channels] }) => [batch, channels, height, width]),
      );
      seen.push(
        ...[updated, addressing.similarity, addressing.itemShares, queries].map(({ shape }) => shape),
      );
      return { output };
    });
    await native.dispose();
    expect(seen).toEqual(shapes!.slice(0, seen.length));
  },
  60_000,
);

describe("the initial state", () => {
  it("is the same for the same seed, and another for another", () => {
    const detector = tinyDetector();
    expect(detector.initialState(7)).toEqual(detector.initialState(7));
    expect(detector.initialState(7)).not.toEqual(detector.initialState(8));
  });

  it("draws weights and biases within ±1/√fanIn, for transposed convolutions from their outputs", () => {
    const state = initialState(mnadPredictionLayers(8), 3, 0);
    const bounds = { "conv1.1": 12, "conv4.2": 64, "deconv4.1": 128, up4: 32, up2: 8, "deconv1.3": 8 };
    for (const [layer, fan] of Object.entries(bounds)) {
      const bound = 1 / Math.sqrt(9 * fan);
      const largest = Math.max(...state[`${layer}/filter`]!.data.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(Math.fround(bound));
      expect(largest).toBeGreaterThan(0.9 * bound);
    }
    expect([...state["up4/gamma"]!.data]).toEqual(Array(32).fill(1));
    expect([...state["up4/variance"]!.data]).toEqual(Array(32).fill(1));
    expect([...state["up4/mean"]!.data, ...state["up4/beta"]!.data]).toEqual(Array(64).fill(0));
  });

  it("holds items of unit length in the positive orthant", () => {
    const { data, shape } = tinyDetector().initialState(3)[MEMORY]!;
    expect(shape).toEqual([3, 32]);
    for (let row = 0; row < 3; row++) {
      const values = data.subarray(32 * row, 32 * row + 32);
      expect(Math.hypot(...values)).toBeCloseTo(1, 6);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("the network", () => {
  const layers = mnadPredictionLayers(4);
  /** A state as training would leave it: every number moved away from its neutral value. */
  const state = Object.fromEntries(
    Object.entries(initialState(layers, 3, 5)).map(([name, tensor]) => {
      const next = mulberry32(name.length);
      const isScale = /gamma|variance/.test(name);
      const moved = tensor.data.map((value) => value + (isScale ? next() : 0.1 * (next() - 0.5)));
      return [name, { ...tensor, data: Float32Array.from(moved) }];
    }),
  );

  it("halves the frame three times, joins skips, and predicts three colours in (−1, 1)", async () => {
    const frames = draw([1, 24, 24, 12], 1, -1, 1);
    const inputs = { ...foldWeights(layers, state, 3), frames };
    const { features, memory, output, ...skips } = await evaluate(device, inputs, (given) => {
      const run = scoringLayers(layers, given);
      const { features, skips } = encode(run, given.frames as ops.Tensor4D);
      const memory: ops.Tensor4D = ops.concat([features, features], 3);
      return {
        features,
        memory,
        skip1: skips[0],
        skip2: skips[1],
        skip3: skips[2],
        output: paint(run, decode(run, memory, skips)),
      };
    });
    expect(features).toHaveLength(3 * 3 * 32);
    expect(memory).toHaveLength(3 * 3 * 64);
    expect(skips.skip1).toHaveLength(24 * 24 * 4);
    expect(skips.skip2).toHaveLength(12 * 12 * 8);
    expect(skips.skip3).toHaveLength(6 * 6 * 16);
    expect(output).toHaveLength(24 * 24 * 3);
    expect(Math.max(...output.map(Math.abs))).toBeLessThan(1);
    expect(Math.min(...features)).toBeLessThan(0);
  });

  it("rebuilds a frame without skips: nothing of it reaches the output but through the memory", async () => {
    const rebuilding = mnadLayers(RECONSTRUCTION, 4);
    const weights = foldWeights(rebuilding, initialState(rebuilding, 3, 5), 3);
    const memory = draw([1, 3, 3, 64], 2, -1, 1);
    const { output } = await evaluate(device, { ...weights, memory }, (given) => {
      const run = scoringLayers(rebuilding, given);
      return { output: paint(run, decode(run, given.memory as ops.Tensor4D, [])) };
    });
    expect(output).toHaveLength(24 * 24 * 3);
    expect(Math.max(...output.map(Math.abs))).toBeLessThan(1);
  });

  it("sees a grey frame as three equal colours, in training and in scoring", async () => {
    const grey = draw([2, 8, 8, 4], 2, -1, 1);
    const inputs = { ...state, grey };
    const { asGrey, asColour } = await evaluate(device, inputs, ({ grey, ...given }) => {
      const colours = ops.reshape(ops.tile(ops.expandDims(grey!, 4), [1, 1, 1, 1, 3]), [2, 8, 8, 12]);
      const first = (channels: 1 | 3, frames: ops.Tensor) =>
        trainingLayers(layers, given, channels, {})("conv1.1", frames as ops.Tensor4D);
      return { asGrey: first(1, grey!), asColour: first(3, colours) };
    });
    expectClose(asGrey, asColour);
    const folded = { grey: foldWeights(layers, state, 1), colour: foldWeights(layers, state, 3) };
    const scored = async (weights: typeof folded.grey, copies: number) =>
      await evaluate(device, { ...weights, grey }, ({ grey, ...given }) => {
        const frames = ops.reshape(ops.tile(ops.expandDims(grey!, 4), [1, 1, 1, 1, copies]), [
          2,
          8,
          8,
          4 * copies,
        ]);
        return { output: scoringLayers(layers, given)("conv1.1", frames as ops.Tensor4D) };
      });
    expectClose((await scored(folded.grey, 1)).output, (await scored(folded.colour, 3)).output);
  });

  it("trains on the batch's own statistics, and hands on what torch accumulates: the variance unbiased", async () => {
    const frames = draw([2, 4, 4, 12], 8, -1, 1);
    const { convolved, output, ...seen } = await evaluate(
      device,
      { ...state, frames },
      ({ frames, ...given }) => {
        const statistics: Record<string, ops.Tensor> = {};
        const input = frames as ops.Tensor4D;
        const output = trainingLayers(layers, given, 3, statistics)("conv1.1", input);
        const filter = given["conv1.1/filter"] as ops.Tensor4D;
        const convolved = ops.add(ops.conv2d(input, filter, 1, "same"), given["conv1.1/bias"]!);
        return {
          convolved,
          output,
          mean: statistics["conv1.1/mean"]!,
          variance: statistics["conv1.1/variance"]!,
        };
      },
    );
    for (let channel = 0; channel < 4; channel++) {
      const values = [...convolved].filter((_, i) => i % 4 === channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / 32;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expectClose([seen.mean[channel]!, seen.variance[channel]!], [mean, squares / 31]);
      const [gamma, beta] = ["gamma", "beta"].map((part) => state[`conv1.1/${part}`]!.data[channel]!);
      const expected = values.map(
        (value) => (gamma! * (value - mean)) / Math.sqrt(squares / 32 + 1e-5) + beta!,
      );
      const actual = [...output].filter((_, i) => i % 4 === channel);
      expectClose(
        actual,
        expected.map((value) => Math.max(0, value)),
        { rtol: 1e-4, atol: 1e-5 },
      );
    }
  });

  it("scores with folded weights what normalization by the running statistics would give", async () => {
    for (const [name, inputs, isTransposed] of [
      ["conv2.1", 4, false],
      ["up3", 16, true],
    ] as const) {
      const x = draw([1, 6, 6, inputs], 3, -1, 1);
      const part = (key: string) => state[`${name}/${key}`]!;
      const { folded, plain } = await evaluate(
        device,
        {
          x,
          filter: part("filter"),
          bias: part("bias"),
          gamma: part("gamma"),
          beta: part("beta"),
          mean: part("mean"),
          variance: part("variance"),
          ...foldWeights(layers, state, 3),
        },
        ({ x, filter, bias, gamma, beta, mean, variance, ...given }) => {
          const input = x as ops.Tensor4D;
          const kernel = filter as ops.Tensor4D;
          const convolved = isTransposed
            ? ops.conv2dTranspose(input, kernel, [1, 12, 12, 8], 2, 1)
            : ops.conv2d(input, kernel, 1, 1);
          const normalized = ops.div(
            ops.sub(ops.add(convolved, bias!), mean!),
            ops.sqrt(ops.add(variance!, 1e-5)),
          );
          return {
            folded: scoringLayers(layers, given)(name, input),
            plain: ops.relu(ops.add(ops.mul(normalized, gamma!), beta!)),
          };
        },
      );
      expectClose(folded, plain);
    }
  });

  it("upsamples as torch's transposed convolution with padding 1 and output padding 1", async () => {
    // One input pixel at (y, x) reaches the outputs (2y − 1 … 2y + 1, 2x − 1 … 2x + 1) with the filter as it is.
    const up = layers.filter((layer) => layer.name === "up2");
    const x = draw([1, 2, 2, 8], 4, 0, 0);
    x.data[0] = 1;
    const filter = draw([3, 3, 4, 8], 5, 0, 1);
    const bias = draw([4], 6, 0, 0);
    const inputs = { x, "up2/filter": filter, "up2/bias": bias };
    const { y } = await evaluate(device, inputs, ({ x, ...given }) => ({
      y: scoringLayers(up, given)("up2", x as ops.Tensor4D),
    }));
    const tap = (row: number, column: number) => filter.data[(row * 3 + column) * 32]!;
    expectClose([y[0]!, y[4]!, y[16]!, y[20]!], [tap(1, 1), tap(1, 2), tap(2, 1), tap(2, 2)]);
    expectClose(y.subarray(8, 16), Array(8).fill(0));
  });
});
