// Convolutions in Winograd's form against TensorFlow.js's direct sum.
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { encodeModel } from "../../onnx/model-proto.ts";
import * as ops from "../../ops.ts";
import type { Step, TensorData } from "../../step.ts";
import { eager, expectAgreement, noise, runOn } from "../../testing/both-devices.ts";
import { filterOrder, imageOrder, physical, toLogical, toPhysical } from "../layout.ts";
import { traceStep } from "../trace-step.ts";
import { Tracer } from "../tracer.ts";
import { convWindow, mirrored } from "./window.ts";
import { winogradConv, winogradFilterGradient, winogradInputGradient } from "./winograd.ts";

type T4 = ops.Tensor4D;
type Shape4 = [number, number, number, number];
type Padding = "same" | "valid" | number;

describe("Winograd's form", () => {
  const cases: [string, Shape4, Shape4, Padding][] = [
    ["square, more channels in than out", [2, 6, 6, 5], [3, 3, 5, 3], "same"],
    ["wide, more channels out than in", [3, 4, 8, 2], [3, 3, 2, 7], "same"],
    ["valid", [2, 8, 6, 3], [3, 3, 3, 4], "valid"],
    ["padding 2", [1, 4, 6, 3], [3, 3, 3, 2], 2],
    ["one tile", [1, 2, 2, 1], [3, 3, 1, 1], "same"],
  ];
  it.each(cases)("is the direct sum, and so are its gradients: %s", async (_, x, filter, pad) => {
    const inputs = { x: noise(x, 1), filter: noise(filter, 2) };
    const expected = await runOn(eager, directly(x, filter, pad), inputs);
    const came = await inWinogradsForm(inputs.x, inputs.filter, expected.weights!, pad);
    for (const name of ["y", "x", "filter"] as const) {
      expect(came[name], name).toBeAllClose(expected[name]!.data, { rtol: 1e-4, atol: 1e-5 });
    }
  });

  it("is what a convolution of many channels is compiled to, with the same results", async () => {
    // Small numbers: a sum of 2304 products then stays near 1, and rounding near a millionth.
    const inputs = { x: noise([1, 4, 2, 256], 1, 0.05), filter: noise([3, 3, 256, 256], 2, 0.05) };
    await expectAgreement(({ x, filter }) => ops.conv2d(x as T4, filter as T4, 1, "same"), inputs);
  });

  it("is taken only where it is asked for, sizes are even, and the products outweigh the transforms", () => {
    expect(directConvolutions([1, 6, 6, 256], 256, true)).toBe(0);
    expect(directConvolutions([1, 6, 6, 256], 256, false)).toBe(1);
    expect(directConvolutions([1, 5, 6, 256], 256, true)).toBe(1);
    expect(directConvolutions([1, 6, 6, 128], 256, true)).toBe(1);
    expect(directConvolutions([1, 6, 66, 256], 256, true)).toBe(1);
  });
});

/** y, the weights of a loss Σ weights·y, and the loss's gradients under the names of the inputs. */
function directly(x: Shape4, filter: Shape4, pad: Padding): Step {
  return {
    name: "direct",
    state: {},
    constants: {},
    batch: { x: { shape: x, dtype: "float32" }, filter: { shape: filter, dtype: "float32" } },
    scalars: [],
    run({ batch }) {
      const { aux, grads } = ops.valueAndNamedGrads(
        (inputs) => {
          const y = ops.conv2d(inputs.x as T4, inputs.filter as T4, 1, pad);
          const weights = ops.tensor(noise(y.shape, 3).data, y.shape);
          return { loss: ops.sum(ops.mul(y, weights)), aux: { y, weights } };
        },
        { x: batch.x!, filter: batch.filter! },
      );
      return { state: {}, outputs: { ...aux, ...grads } };
    },
  };
}

async function inWinogradsForm(x: TensorData, filter: TensorData, dy: TensorData, pad: Padding) {
  const tracer = new Tracer();
  const values = {
    x: [x, imageOrder(4)],
    filter: [filter, filterOrder(4)],
    dy: [dy, imageOrder(4)],
  } as const;
  const input = (name: keyof typeof values) => {
    const [{ shape }, order] = values[name];
    return tracer.graph.input(name, "float32", physical(shape, order));
  };
  const [image, weights, gradient] = [input("x"), input("filter"), input("dy")];
  const attributes = { strides: 1, dilations: 1, pad, dimRoundingMode: undefined };
  const window = convWindow({ kernel: "Conv2D", attributes }, x.shape, filter.shape);
  const outputs = {
    y: winogradConv(tracer, image, weights, window),
    x: winogradInputGradient(tracer, gradient, weights, mirrored(window, x.shape)),
    filter: winogradFilterGradient(tracer, image, gradient, window),
  };
  const named = Object.entries(outputs).map(([name, edge]) => [`out/${name}`, edge] as const);
  const session = await InferenceSession.create(encodeModel(tracer.graph.finish(new Map(named)), "winograd"));
  const feeds = Object.entries(values).map(([name, [{ data, shape }, order]]) => {
    const laid = toPhysical(data as Float32Array, shape, order);
    return [name, new Tensor("float32", laid, physical(shape, order))];
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  const logical = (name: string, shape: readonly number[], order: readonly number[]) =>
    toLogical(results[`out/${name}`]!.data as Float32Array, shape, order);
  return {
    y: logical("y", dy.shape, imageOrder(4)),
    x: logical("x", x.shape, imageOrder(4)),
    filter: logical("filter", filter.shape, filterOrder(4)),
  };
}

function directConvolutions(shape: Shape4, outChannels: number, usesWinograd: boolean): number {
  const step: Step = {
    name: "convolution",
    state: { filter: { shape: [3, 3, shape[3], outChannels], dtype: "float32" } },
    constants: {},
    batch: { x: { shape, dtype: "float32" } },
    scalars: [],
    run: ({ state, batch }) => ({
      state,
      outputs: { y: ops.conv2d(batch.x as T4, state.filter as T4, 1, "same") },
    }),
  };
  return traceStep(step, { usesWinograd }).graph.nodes.filter(({ op }) => op === "Conv").length;
}
