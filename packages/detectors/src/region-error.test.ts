import { type Device, openDevice } from "@engram/engine";
import { mulberry32, uniformArray } from "@engram/numerics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { regionError, regionSide } from "./region-error.ts";
import { evaluate, float32 } from "./testing/evaluate.ts";

let devices: readonly Device[];
beforeAll(async () => {
  devices = [await openDevice("onnx-cpu"), await openDevice("tfjs-cpu")];
});
afterAll(async () => {
  for (const device of devices) await device.dispose();
});

interface Picture {
  readonly height: number;
  readonly width: number;
  /** absolute errors, [height, width, colours] */
  readonly errors: Float32Array;
}

/** On the compiled and on the eager device, which must agree. */
async function measure({ height, width, errors }: Picture, side: number): Promise<number> {
  const inputs = { errors: float32([1, height, width, errors.length / (height * width)], errors) };
  const came: number[] = [];
  for (const device of devices) {
    const { region } = await evaluate(device, inputs, (given) => ({
      region: regionError(given.errors as Parameters<typeof regionError>[0], side),
    }));
    came.push(region[0]!);
  }
  expect(came[1]! / came[0]!).toBeCloseTo(1, 5);
  return came[0]!;
}

/** The definition, square by square. */
function worstSquare({ height, width, errors }: Picture, side: number): number {
  const colours = errors.length / (height * width);
  let worst = 0;
  for (let top = 0; top + side <= height; top++) {
    for (let left = 0; left + side <= width; left++) {
      let sum = 0;
      for (let y = top; y < top + side; y++) {
        const start = (y * width + left) * colours;
        for (let i = start; i < start + side * colours; i++) sum += errors[i]!;
      }
      worst = Math.max(worst, sum / (side * side * colours));
    }
  }
  return worst;
}

const noise = (height: number, width: number, colours: number, seed: number): Picture => ({
  ...{ height, width },
  errors: uniformArray(height * width * colours, mulberry32(seed), 0, 0.3),
});

/** Black but for one pixel of error 1 in each of three colours. */
function hotPixel(size: number, y: number, x: number): Picture {
  const errors = new Float32Array(size * size * 3);
  errors.fill(1, (y * size + x) * 3, (y * size + x + 1) * 3);
  return { height: size, width: size, errors };
}

describe("regionSide", () => {
  it("is a twelfth of the picture, whatever its size, and never nothing", () => {
    expect([16, 64, 100, 128, 256, 3].map(regionSide)).toEqual([1, 5, 8, 11, 21, 1]);
  });
});

describe("regionError", () => {
  it.each([
    [7, 7, 3, 2],
    [13, 9, 3, 4],
    [9, 13, 1, 5],
    [11, 11, 3, 1],
    [8, 8, 3, 8],
  ])("is the worst of all squares of %i×%i pixels and %i colours, side %i", async (...args) => {
    const [height, width, colours, side] = args;
    const picture = noise(height, width, colours, 1 + side);
    expect(await measure(picture, side)).toBeCloseTo(worstSquare(picture, side), 6);
  });

  it("is the error itself where that is the same everywhere", async () => {
    const errors = new Float32Array(12 * 12 * 3).fill(0.04);
    expect(await measure({ height: 12, width: 12, errors }, 5)).toBeCloseTo(0.04, 7);
  });

  it("spreads a single pixel over its square, and no further", async () => {
    expect(await measure(hotPixel(20, 9, 11), 2)).toBeCloseTo(1 / 4, 6);
    expect(await measure(hotPixel(20, 9, 11), 5)).toBeCloseTo(1 / 25, 6);
  });

  it.each([
    [0, 0],
    [0, 19],
    [19, 0],
    [19, 19],
  ])("sees the corner (%i, %i) as it sees the middle: nothing is padded", async (y, x) => {
    expect(await measure(hotPixel(20, y, x), 4)).toBeCloseTo(1 / 16, 6);
  });

  it("tells a small dense error from the same error spread over the picture, which the mean cannot", async () => {
    const dense = new Float32Array(20 * 20);
    for (let y = 6; y < 10; y++) dense.fill(0.5, y * 20 + 6, y * 20 + 10);
    const spread = new Float32Array(20 * 20).fill(0.02);
    expect(await measure({ height: 20, width: 20, errors: dense }, 2)).toBeCloseTo(0.5, 6);
    expect(await measure({ height: 20, width: 20, errors: spread }, 2)).toBeCloseTo(0.02, 6);
  });
});
