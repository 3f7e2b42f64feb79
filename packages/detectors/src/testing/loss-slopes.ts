// A training step's gradients against finite differences of its loss. Both come out of the step as it is: the loss as
// an output, the gradients as what the first step leaves in Adam's first moments.
import { ADAM_DEFAULTS, type Device, type Program, type TensorDataMap } from "@engram/engine";
import { median, mulberry32, type Random } from "@engram/numerics";
import { expect } from "vitest";
import type { Detector } from "../detector.ts";
import { TrainingWindows } from "../training-windows.ts";
import { movingSquare, wholeClip } from "./moving-square.ts";

/** By parameter, what is added to it. */
type Direction = Readonly<Record<string, Float32Array>>;

const MOMENT = "adam.m/";
/** Two units in the last place of a loss below 1. */
const ROUNDING = 2 ** -23;
const WHOLE_DIRECTIONS = 3;

/**
 * (L(θ + d) − L(θ − d)) / 2 must be g·d along random directions d whose elements are ±h: of each parameter by itself,
 * or of all together.
 *
 * Over random signs g·d is of the size h·‖g‖, whatever is missing from g included, so errors are measured by that. The
 * bound is a tenth of it, for the curvature of the loss, and the loss's own rounding; half of all directions must keep
 * within a fiftieth. h is 1e-3 for filters, whose many elements add up and whose loss is curved, and 0.03 for vectors,
 * whose slopes are small against float32's rounding.
 */
export async function expectTrueGradients(
  device: Device,
  detector: Detector,
  state: TensorDataMap,
  parameters: "each" | "together",
): Promise<void> {
  const loss = await lossOf(device, detector, state);
  try {
    const draw = mulberry32(7);
    const directions =
      parameters === "each"
        ? Object.entries(loss.gradients).map(([name, gradient]) => ({
            [name]: signs(name, gradient, state, draw),
          }))
        : Array.from({ length: WHOLE_DIRECTIONS }, () => everySign(loss.gradients, state, draw));
    const errors: number[] = [];
    for (const direction of directions) {
      const difference = ((await loss.at(direction, 1)) - (await loss.at(direction, -1))) / 2;
      const { slope, size } = along(loss.gradients, direction);
      const error = Math.abs(difference - slope);
      const text = `${Object.keys(direction)}: ${difference} by difference, ${slope} by gradient`;
      expect(error, text).toBeLessThan(0.1 * size + ROUNDING);
      errors.push(error / (size + ROUNDING));
    }
    expect(median(errors).value).toBeLessThan(0.02);
  } finally {
    await loss.dispose();
  }
}

async function lossOf(device: Device, detector: Detector, state: TensorDataMap) {
  const { size } = detector.hyperparameters;
  const clip = wholeClip(movingSquare({ size, frameCount: 7 + detector.windowFrames, channels: 3 }));
  const windows = new TrainingWindows([clip], detector);
  const first = await windows.epoch(0, 0, 0).next();
  const batch = { ...first.value! };
  const program = await device.compile(detector.trainStep(windows.channels), state);
  const run = async () => (await program.run(batch, { learningRate: 1e-3, stepNumber: 1 })).loss![0]!;
  await run();
  return {
    gradients: gradientsIn(await program.readState()),
    async at(direction: Direction, sign: 1 | -1) {
      await program.writeState(moved(state, direction, sign));
      return await run();
    },
    dispose: () => program.dispose(),
  };
}

/** Adam's first moments begin at 0, so after one step they are (1 − β₁)·g. */
function gradientsIn(after: Awaited<ReturnType<Program["readState"]>>): Record<string, Float32Array> {
  const moments = Object.entries(after).filter(([name]) => name.startsWith(MOMENT));
  return Object.fromEntries(
    moments.map(([name, { data }]) => [
      name.slice(MOMENT.length),
      Float32Array.from(data, (moment) => moment / (1 - ADAM_DEFAULTS.beta1)),
    ]),
  );
}

function everySign(gradients: Direction, state: TensorDataMap, draw: Random): Direction {
  const entries = Object.entries(gradients);
  return Object.fromEntries(entries.map(([name, gradient]) => [name, signs(name, gradient, state, draw)]));
}

function signs(name: string, gradient: Float32Array, state: TensorDataMap, draw: Random): Float32Array {
  const h = state[name]!.shape.length > 1 ? 1e-3 : 0.03;
  return gradient.map(() => (draw() < 0.5 ? -h : h));
}

function moved(state: TensorDataMap, direction: Direction, sign: 1 | -1): TensorDataMap {
  const changed = Object.entries(direction).map(([name, steps]) => {
    const data = Float32Array.from(state[name]!.data, (value, index) => value + sign * steps[index]!);
    return [name, { ...state[name]!, data }];
  });
  return { ...state, ...Object.fromEntries(changed) };
}

/** g·d, and its root mean square over the signs of d. */
function along(gradients: Direction, direction: Direction): { slope: number; size: number } {
  let [slope, squares] = [0, 0];
  for (const [name, steps] of Object.entries(direction)) {
    for (const [index, step] of steps.entries()) {
      const product = gradients[name]![index]! * step;
      slope += product;
      squares += product * product;
    }
  }
  return { slope, size: Math.sqrt(squares) };
}
