import { resolveHyperparameters } from "@engram/core";
import { type Device, openDevice, ops, type TensorMap } from "@engram/engine";
import { afterAll, beforeAll, expect, it } from "vitest";
import { foldWeights, scoringLayers } from "../layers/run-layer.ts";
import { createDetector } from "../registry.ts";
import { draw, evaluate, expectClose } from "../testing/evaluate.ts";
import { readGolden } from "../testing/shared-file.ts";
import { tinyDetectorOf } from "../testing/tiny.ts";
import { imageLayers, layersOf, videoLayers } from "./layers.ts";
import { MEMORY, rebuild } from "./network.ts";
import { VIDEO } from "./variants.ts";

const counts = await readGolden<{ memae_video: number }>("param_counts");
const shapes = await readGolden<{ enc: number[]; out: number[] }>("memae_shapes_64");

let device: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu", { threads: 1 });
});
afterAll(() => device.dispose());

it("has the published code's 6,492,801 numbers at the published width", () => {
  const { parameterCount } = createDetector("MEMAE", resolveHyperparameters("MEMAE", "paper"));
  expect(parameterCount).toBe(6_492_801);
  if (counts !== null) expect(parameterCount).toBe(counts.memae_video);
});

it.skipIf(shapes === null)("halves and doubles as the published network does", async () => {
  const network = videoLayers(96);
  const layers = layersOf(network);
  const detector = createDetector("MEMAE", resolveHyperparameters("MEMAE", "paper", { items: 2 }));
  const weights = foldWeights(layers, detector.initialState(0), 1);
  const clip = draw([1, 16, 64, 64, 1], 1, -1, 1);
  const seen: number[][] = [];
  await evaluate(device, { ...weights, clip }, (given) => {
    const run = scoringLayers<ops.Tensor5D>(layers, given);
    const features = network.encoder.reduce((x, { name }) => run(name, x), given.clip as ops.Tensor5D);
    const output = network.decoder.reduce((x, { name }) => run(name, x), features);
    for (const { shape } of [features, output]) {
      const [batch, time, height, width, channels] = shape;
      seen.push([batch, channels, time, height, width]);
    }
    return { output };
  });
  expect(seen).toEqual([shapes!.enc, shapes!.out]);
});

it("rebuilds pictures of their own size, and nothing of them but what the memory holds", async () => {
  const network = imageLayers(4);
  const detector = tinyDetectorOf("MEMAE_IMAGE", { width: 4, items: 3 });
  const state = detector.initialState(0);
  const inputs = {
    ...foldWeights(layersOf(network), state, 3),
    [MEMORY]: state[MEMORY]!,
    pictures: draw([2, 32, 32, 3], 1, -1, 1),
  };
  const { some, none } = await evaluate(device, inputs, (given: TensorMap) => {
    const run = scoringLayers(layersOf(network), given);
    const pictures = given.pictures as ops.Tensor4D;
    const items = given[MEMORY] as ops.Tensor2D;
    const of = (shrink: number) =>
      rebuild(run, network, pictures, items, { addressing: "DOT", shrink }).output;
    return { some: of(0), none: of(0.99) };
  });
  expect(some).toHaveLength(2 * 32 * 32 * 3);
  // Nothing is read: both pictures come out the same.
  expectClose(none.subarray(0, 32 * 32 * 3), none.subarray(32 * 32 * 3));
  expect(some).not.toEqual(none);
});

it("lays sixteen frames out in order, grey as they are and colours as their luma", async () => {
  const frames = draw([1, 2, 2, 15], 1, 0, 255);
  const target = draw([1, 2, 2, 1], 2, 0, 255);
  const triple = (grey: ops.Tensor) =>
    ops.reshape(ops.tile(ops.expandDims(grey, 4), [1, 1, 1, 1, 3]), [1, 2, 2, -1]);
  const { grey, colour, scored } = await evaluate(device, { frames, target }, (given) => {
    const grey = VIDEO.toNetwork(given, 1);
    const coloured = { frames: triple(given.frames!), target: triple(given.target!) };
    return { grey, colour: VIDEO.toNetwork(coloured, 3), scored: VIDEO.frameOf(grey) };
  });
  for (let frame = 0; frame < 16; frame++) {
    for (let pixel = 0; pixel < 4; pixel++) {
      const value = frame < 15 ? frames.data[pixel * 15 + frame]! : target.data[pixel]!;
      expect(grey[frame * 4 + pixel]).toBeCloseTo(value / 127.5 - 1, 5);
    }
  }
  expectClose(colour, grey);
  expect([...scored]).toEqual([...grey.subarray(8 * 4, 9 * 4)]);
});

it("draws filters and scales as the published code, and items within ±1/√channels", () => {
  const state = createDetector("MEMAE", resolveHyperparameters("MEMAE", "tiny")).initialState(0);
  const spread = (name: string) => {
    const values = [...state[name]!.data];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / values.length) };
  };
  expect(spread("down3/filter").mean).toBeCloseTo(0, 3);
  expect(spread("down3/filter").deviation).toBeCloseTo(0.02, 3);
  expect(spread("up4/gamma").mean).toBeCloseTo(1, 1);
  expect(spread("up4/gamma").deviation).toBeCloseTo(0.02, 2);
  const bound = 1 / Math.sqrt(32);
  const largest = Math.max(...state[MEMORY]!.data.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(Math.fround(bound));
  expect(largest).toBeGreaterThan(0.9 * bound);
});
