import { type Device, openDevice, type ops } from "@engram/engine";
import { afterAll, beforeAll, expect, it } from "vitest";
import { draw, evaluate, float32 } from "../testing/evaluate.ts";
import { stain } from "./stains.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu");
});
afterAll(() => device.dispose());

const [BATCH, SIZE] = [3, 32];
const frames = draw([BATCH, SIZE, SIZE, 3], 1, -1, 1);

async function stained(step: number, count: number): Promise<Float32Array> {
  const inputs = { frames, step: float32([], Float32Array.of(step)) };
  const { out } = await evaluate(device, inputs, (given) => ({
    out: stain(given.frames as ops.Tensor4D, given.step!, count),
  }));
  return out;
}

/** Colours of the pixels of each picture that were painted over, but for rounding. */
function paintOf(out: Float32Array): Set<string>[] {
  return Array.from({ length: BATCH }, (_, picture) => {
    const colours = new Set<string>();
    for (let pixel = picture * SIZE * SIZE; pixel < (picture + 1) * SIZE * SIZE; pixel++) {
      const [then, now] = [frames.data, out].map((data) =>
        [...data.subarray(3 * pixel, 3 * pixel + 3)].map((value) => value.toFixed(5)).join(),
      );
      if (then !== now) colours.add(now!);
    }
    return colours;
  });
}

it("paints one colour a stain, in [-1, 1], and leaves all other pixels as they were", async () => {
  const single = paintOf(await stained(12, 1));
  for (const colours of single) expect(colours.size).toBeLessThanOrEqual(1);
  const paint = paintOf(await stained(12, 3)).flatMap((colours) => [...colours]);
  expect(paint.length).toBeGreaterThan(3);
  expect(
    paint.flatMap((colour) => colour.split(",").map(Number)).every((value) => Math.abs(value) <= 1),
  ).toBe(true);
});

it("paints the same in the same step and something else in the next", async () => {
  const first = await stained(7, 2);
  expect([...(await stained(7, 2))]).toEqual([...first]);
  expect([...(await stained(8, 2))]).not.toEqual([...first]);
});

it("paints something over nearly every picture, and over nine tenths of none", async () => {
  let bare = 0;
  for (let step = 1; step <= 6; step++) {
    const out = await stained(step, 3);
    bare += paintOf(out).filter((colours) => colours.size === 0).length;
    const kept = out.filter((value, i) => value === frames.data[i]).length / out.length;
    expect(kept).toBeGreaterThan(0.1);
  }
  expect(bare).toBeLessThanOrEqual(1);
});

it("leaves pictures alone where no stains are asked for", async () => {
  expect([...(await stained(3, 0))]).toEqual([...frames.data]);
});
