import { resolveHyperparameters } from "@engram/core";
import { type Device, openDevice, ops } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDetector } from "../registry.ts";
import { draw, evaluate, expectClose, float32, toNhwc, unitRows } from "../testing/evaluate.ts";
import { readGolden } from "../testing/shared-file.ts";
import { distinctLoss, featureLoss } from "./losses.ts";
import { prototype } from "./prototypes.ts";

interface UnitGolden {
  readonly updated: number[];
  readonly protos: number[];
  readonly fea_loss: number;
  readonly dis_loss: number;
  readonly grad_fea: number[];
  readonly grad_Mheads: number[];
}

const golden = await readGolden<UnitGolden>("mpn_dpu");
const heads = draw([3, 4], 41, -1, 1);
const features = unitRows(toNhwc(draw([2, 4, 2, 2], 42, -1, 1)));
const weights = toNhwc(draw([2, 4, 2, 2], 43, -1, 1));
const nhwc = (values: readonly number[]) => toNhwc(float32([2, 4, 2, 2], Float32Array.from(values))).data;
const rowsOf = (map: ops.Tensor): ops.Tensor3D => ops.reshape(map, [2, 4, 4]);

const counts = await readGolden<{ mpn: { total: number } }>("param_counts");

it.skipIf(counts === null)("has the published code's 13,285,251 numbers at the published width", () => {
  const { parameterCount } = createDetector("MPN", resolveHyperparameters("MPN", "paper"));
  expect(parameterCount).toBe(13_285_251);
  expect(parameterCount).toBe(counts!.mpn.total);
});

describe.each(["tfjs-cpu", "onnx-cpu"] as const)("on %s", (deviceId) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(deviceId);
  });
  afterAll(() => device.dispose());

  describe.skipIf(golden === null)("the prototype unit against the published code", () => {
    it("makes the same prototypes and the same output of the same features, with the same losses", async () => {
      const actual = await evaluate(device, { features, heads }, (inputs) => {
        const x = rowsOf(inputs.features!);
        const made = prototype(x, inputs.heads as ops.Tensor2D);
        return {
          output: made.output,
          keys: made.keys,
          feature: featureLoss(x, made),
          distinct: distinctLoss(made),
        };
      });
      expectClose(actual.output, nhwc(golden!.updated));
      const keys = unitRows(float32([2, 3, 4], Float32Array.from(golden!.protos)));
      expectClose(actual.keys, keys.data);
      expectClose(actual.feature, [golden!.fea_loss]);
      expectClose(actual.distinct, [golden!.dis_loss]);
    });

    it("sends the same gradient to features and heads", async () => {
      const { toFeatures, toHeads } = await evaluate(device, { features, heads, weights }, (inputs) => {
        const loss = (given: Readonly<Record<string, ops.Tensor>>) => {
          const x = rowsOf(given.features!);
          const made = prototype(x, given.heads as ops.Tensor2D);
          const read = ops.sum(ops.mul(made.output, rowsOf(inputs.weights!)));
          return {
            loss: ops.addN([featureLoss(x, made), ops.mul(distinctLoss(made), 1e-4), read]),
          };
        };
        const { grads } = ops.valueAndNamedGrads(loss, { features: inputs.features!, heads: inputs.heads! });
        return { toFeatures: grads.features!, toHeads: grads.heads! };
      });
      expectClose(toFeatures, nhwc(golden!.grad_fea), { rtol: 1e-5, atol: 2e-5 });
      expectClose(toHeads, golden!.grad_Mheads, { rtol: 1e-5, atol: 2e-5 });
    });
  });

  it("gives equal features one prototype for all, and no NaN", async () => {
    const equal = unitRows(float32([1, 4, 2], new Float32Array(8).fill(1)));
    const { feature, distinct } = await evaluate(
      device,
      { equal, twoHeads: draw([2, 2], 1, -1, 1) },
      (inputs) => {
        const x = inputs.equal as ops.Tensor3D;
        const made = prototype(x, inputs.twoHeads as ops.Tensor2D);
        return { feature: featureLoss(x, made), distinct: distinctLoss(made) };
      },
    );
    expectClose(feature, [0]);
    expectClose(distinct, [1]);
    expect(Number.isFinite(feature[0]!)).toBe(true);
  });
});
