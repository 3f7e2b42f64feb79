import { mulberry32, uniformArray } from "@engram/numerics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDevice } from "../device.ts";
import * as ops from "../ops.ts";
import type { CompileOptions, Device, Step, StepInputs, TensorData } from "../step.ts";
import { traceStep } from "../trace/trace-step.ts";
import { activationCode, quantizeFilter, type Ranges } from "./affine.ts";
import { findConvolutions } from "./convolutions.ts";
import { edgesToObserve, quantizeGraph } from "./quantize-graph.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu");
});
afterAll(() => device.dispose());

const random = mulberry32(7);
const tensorOf = (shape: readonly number[], low = -1, high = 1): TensorData => {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, dtype: "float32", data: uniformArray(size, random, low, high) };
};

/** A 1×1 filter that passes channels on. */
function passing(channels: number): TensorData {
  const data = Float32Array.from({ length: channels ** 2 }, (_, i) => (i % (channels + 1) === 0 ? 1 : 0));
  return { shape: [1, 1, channels, channels], dtype: "float32", data };
}

/** `body` between convolutions that change nothing and stay in float32: the first one and the last three. */
function stepOf(
  shape: readonly [number, number, number, number],
  constants: Readonly<Record<string, TensorData>>,
  body: (x: ops.Tensor4D, constants: Readonly<Record<string, ops.Tensor>>) => ops.Tensor,
  outputs: number,
): Step {
  return {
    name: "quantized",
    state: {},
    constants: { ...constants, first: passing(shape[3]), last: passing(outputs) },
    batch: { x: { shape, dtype: "float32" } },
    scalars: [],
    run({ batch, constants: given }) {
      const pass = (x: ops.Tensor4D, name: string) => ops.conv2d(x, given[name] as ops.Tensor4D, 1, "same");
      let y = body(pass(batch.x as ops.Tensor4D, "first"), given) as ops.Tensor4D;
      for (let i = 0; i < 3; i++) y = pass(y, "last");
      return { state: {}, outputs: { y } };
    },
  };
}

async function* once(...inputs: StepInputs[]) {
  yield* inputs;
}

async function run(step: Step, x: Float32Array, options?: CompileOptions): Promise<Float32Array> {
  const program = await device.compile(step, {}, options);
  const { y } = await program.run({ x });
  await program.dispose();
  return y as Float32Array;
}

const calibratedOn = (x: Float32Array): CompileOptions => ({
  precision: "INT8",
  calibration: once({ batch: { x } }),
});

function rangesOf(values: Float32Array, channels: number): Ranges {
  const of = (channel: number) => values.filter((_, i) => i % channels === channel);
  const each = Array.from({ length: channels }, (_, channel) => of(channel));
  return {
    min: Float32Array.from(each, (own) => Math.min(...own)),
    max: Float32Array.from(each, (own) => Math.max(...own)),
  };
}

describe("a convolution in 8 bits", () => {
  it("differs from float32 by no more than its scales imply", async () => {
    const inputs = 6;
    const [filter, bias] = [tensorOf([3, 3, inputs, 5]), tensorOf([5])];
    const step = stepOf(
      [1, 9, 7, inputs],
      { filter, bias },
      (x, { filter, bias }) => ops.relu(ops.add(ops.conv2d(x, filter as ops.Tensor4D, 1, "same"), bias!)),
      5,
    );
    const x = tensorOf([1, 9, 7, inputs], -2, 3).data as Float32Array;
    const exact = await run(step, x);
    const came = await run(step, x, calibratedOn(x));
    const convolution = findConvolutions(traceStep(step).graph)[0]!;
    const [inputSteps, outputSteps] = [rangesOf(x, inputs), rangesOf(exact, 5)].map(
      (ranges) => activationCode(ranges).scales,
    ) as [Float32Array, Float32Array];
    const { scales } = quantizeFilter(convolution.filter.data, 5, inputSteps);
    const length = 9 * inputs;
    for (const [i, expected] of exact.entries()) {
      const output = i % 5;
      const scale = scales[output]!;
      // In steps of the inputs' scales: bytes of at most 128, each weight and each byte half a step off.
      const own = convolution.filter.data.subarray(output * length, (output + 1) * length);
      const ofInputs = own.reduce((sum, w, k) => sum + Math.abs(w) * inputSteps[Math.floor(k / 9)]!, 0) / 2;
      const ofWeights = length * (scale / 2) * 128.5;
      const bound = ofInputs + ofWeights + scale / 2 + outputSteps[output]! / 2;
      // What exceeds the code is cut to it: m^0.75 · M^0.25 is never less than m, so nothing does here.
      expect(Math.abs(came[i]! - expected)).toBeLessThanOrEqual(bound * (1 + 1e-4));
    }
    const meanError = came.reduce((sum, value, i) => sum + Math.abs(value - exact[i]!), 0) / exact.length;
    expect(meanError).toBeLessThan(2 * Math.max(...outputSteps));
  });

  it("does not overflow where every product is as large as it can be", async () => {
    const filter: TensorData = { shape: [3, 3, 8, 4], dtype: "float32", data: new Float32Array(288).fill(1) };
    // All weights equal would be no constant of the graph.
    filter.data[0] = 0;
    const step = stepOf(
      [1, 8, 8, 8],
      { filter },
      (x, { filter }) => ops.conv2d(x, filter as ops.Tensor4D, 1, "same"),
      4,
    );
    const x = new Float32Array(512).fill(1);
    const came = await run(step, x, calibratedOn(x));
    // Half a step of the result, whose largest value is 255 steps.
    for (const [i, expected] of (await run(step, x)).entries())
      expect(Math.abs(came[i]! - expected)).toBeLessThanOrEqual((72 / 255) * 0.51);
  });

  it("is the transposed one, phase by phase, at any kernel and stride that divide the image", async () => {
    for (const { kernel, stride, pad, size } of [
      { kernel: 3, stride: 2, pad: 1, size: 10 },
      { kernel: 4, stride: 2, pad: 1, size: 10 },
      { kernel: 2, stride: 2, pad: 0, size: 10 },
      { kernel: 5, stride: 3, pad: 1, size: 15 },
    ]) {
      const filter = tensorOf([kernel, kernel, 4, 3]);
      const step = stepOf(
        [1, 5, 5, 3],
        { filter },
        (x, { filter }) => ops.conv2dTranspose(x, filter as ops.Tensor4D, [1, size, size, 4], stride, pad),
        4,
      );
      const x = tensorOf([1, 5, 5, 3]).data as Float32Array;
      const exact = await run(step, x);
      const came = await run(step, x, calibratedOn(x));
      const largest = exact.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      for (const [i, expected] of exact.entries())
        expect(Math.abs(came[i]! - expected)).toBeLessThanOrEqual(0.03 * largest);
    }
  });
});

describe("a network in 8 bits", () => {
  const constants = {
    a: tensorOf([3, 3, 4, 8], -0.3, 0.3),
    b: tensorOf([3, 3, 8, 8], -0.3, 0.3),
    up: tensorOf([3, 3, 8, 8], -0.3, 0.3),
    c: tensorOf([3, 3, 16, 3], -0.3, 0.3),
  };
  const network = stepOf(
    [1, 12, 12, 4],
    constants,
    (x, { a, b, up, c }) => {
      const conv = (x: ops.Tensor4D, filter: ops.Tensor | undefined) =>
        ops.relu(ops.conv2d(x, filter as ops.Tensor4D, 1, "same"));
      const skip = conv(x, a);
      const deep = conv(ops.maxPool(skip, 2, 2, "valid"), b);
      const raised = ops.relu(ops.conv2dTranspose(deep, up as ops.Tensor4D, [1, 12, 12, 8], 2, 1));
      return ops.conv2d(ops.concat([skip, raised], 3), c as ops.Tensor4D, 1, "same");
    },
    3,
  );
  const x = tensorOf([1, 12, 12, 4]).data as Float32Array;

  it("keeps to bytes from its second convolution to the last but three", () => {
    const { graph } = traceStep(network);
    const ranges = new Map(
      edgesToObserve(graph).map(({ name, shape }) => {
        const max = new Float32Array(shape[1]!).fill(1);
        return [name, { min: new Float32Array(max.length), max }] as const;
      }),
    );
    const count = (op: string) => quantizeGraph(graph, ranges).nodes.filter((node) => node.op === op).length;
    expect(["QuantizeLinear", "DequantizeLinear", "Conv", "ConvTranspose", "Relu"].map(count)).toEqual([
      1, 1, 4, 0, 0,
    ]);
    // Three convolutions and the four phases of the transposed one.
    expect([count("QLinearConv"), count("NhwcMaxPool")]).toEqual([7, 1]);
  });

  it("agrees with float32 within 3 % of its range, and twice to the bit", async () => {
    const exact = await run(network, x);
    const came = await run(network, x, calibratedOn(x));
    const span = Math.max(...exact) - Math.min(...exact);
    for (const [i, expected] of exact.entries())
      expect(Math.abs(came[i]! - expected)).toBeLessThanOrEqual(0.03 * span);
    expect(await run(network, x, calibratedOn(x))).toEqual(came);
  });

  it("is calibrated on the mean of the runs that are given, and not on none", async () => {
    const dim = x.map((value) => value / 10);
    const both: CompileOptions = {
      precision: "INT8",
      calibration: once({ batch: { x: dim } }, { batch: { x } }),
    };
    expect(await run(network, x, both)).not.toEqual(await run(network, x, calibratedOn(x)));
    const twice: CompileOptions = {
      precision: "INT8",
      calibration: once({ batch: { x } }, { batch: { x } }),
    };
    expect(await run(network, x, twice)).toEqual(await run(network, x, calibratedOn(x)));
    const none = device.compile(network, {}, { precision: "INT8", calibration: once() });
    await expect(none).rejects.toMatchObject({ code: "BAD_INPUT" });
  });

  it("is refused by a device that cannot, in a sentence", async () => {
    const reference = await openDevice("tfjs-cpu");
    await expect(reference.compile(network, {}, calibratedOn(x))).rejects.toThrow(
      "Device tfjs-cpu computes in FP32 only: precision INT8 needs the device onnx-cpu.",
    );
    await reference.dispose();
  });
});
