// Runs tensor functions on a device and hands back numbers, as a step does.
import type { Device, TensorData, TensorMap } from "@engram/engine";
import { mulberry32, uniformArray } from "@engram/numerics";
import { expect } from "vitest";

/** Values of each tensor that `compute` returns, flat and row-major. */
export async function evaluate<K extends string>(
  device: Device,
  inputs: Readonly<Record<string, TensorData>>,
  compute: (inputs: TensorMap) => Record<K, TensorMap[string]>,
): Promise<Record<K, Float32Array>> {
  const step = {
    name: "evaluate",
    state: {},
    constants: {},
    batch: inputs,
    scalars: [],
    run: ({ batch }: { batch: TensorMap }) => ({ state: {}, outputs: compute(batch) }),
  };
  const program = await device.compile(step, {});
  try {
    const data = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.data]));
    return (await program.run(data)) as Record<K, Float32Array>;
  } finally {
    await program.dispose();
  }
}

export function float32(shape: readonly number[], data: Float32Array): TensorData {
  return { shape, dtype: "float32", data };
}

/** Draws of mulberry32(seed) in [low, high), in the order given: how golden inputs are made. */
export function draw(shape: readonly number[], seed: number, low: number, high: number): TensorData {
  const count = shape.reduce((product, length) => product * length, 1);
  return float32(shape, uniformArray(count, mulberry32(seed), low, high));
}

/** [batch, channels, height, width] → [batch, height, width, channels]. */
export function toNhwc({ shape, data }: TensorData): TensorData {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const moved = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    const [c, b] = [Math.floor(i / (width * height)) % channels, Math.floor(i / (width * height * channels))];
    moved[((b * height + y) * width + x) * channels + c] = data[i]!;
  }
  return float32([batch, height, width, channels], moved);
}

/** Rows divided by their Euclidean length. */
export function unitRows({ shape, data }: TensorData): TensorData {
  const columns = shape.at(-1)!;
  const unit = Float32Array.from(data, (value, i) => {
    const row = Math.floor(i / columns) * columns;
    return value / Math.hypot(...data.subarray(row, row + columns));
  });
  return float32(shape, unit);
}

/** |actual − expected| ≤ atol + rtol · |expected| for every element; a NaN or an infinity is never close. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-5, atol = 1e-5 } = {},
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const bound = atol + rtol * Math.abs(expected[i]!);
    const isClose = Number.isFinite(bound) && Math.abs(actual[i]! - expected[i]!) <= bound;
    if (!isClose) expect.fail(`Element ${i}: ${actual[i]} is not close to ${expected[i]}.`);
  }
}
