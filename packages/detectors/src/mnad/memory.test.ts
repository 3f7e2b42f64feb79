import { type Device, openDevice, ops } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw, evaluate, expectClose, float32, toNhwc, unitRows } from "../testing/evaluate.ts";
import { readGolden } from "../testing/shared-file.ts";
import { compactness, regularScore, separateness } from "./losses.ts";
import { address, read, toMap, toQueries, update } from "./memory.ts";

interface MemoryGolden {
  readonly updated_query: number[];
  readonly updated_query_shape: number[];
  readonly keys_val: number[];
  readonly score_query_softmax_over_queries: number[];
  readonly score_memory_softmax_over_items: number[];
  readonly nearest: number[];
  readonly updated_memory: number[];
  readonly updated_memory_PAPER_eq5: number[];
  readonly separateness: number;
  readonly compactness: number;
  readonly grad_of_0p1comp_plus_0p1sep_wrt_fea: number[];
  readonly grad_readsum_w13_wrt_fea: number[];
}

const golden = await readGolden<MemoryGolden>("mnad_memory");
const scores = await readGolden<{ point_score: number; mse01: number }>("mnad_scores");
const triplet = await readGolden<{ q: number[]; p: number[]; n: number[]; loss: number }>("triplet_margin1");

/** The published code's behaviour, on a batch of two frames. */
const CODE = {
  distanceForm: "MEAN_SQUARE",
  lossReduction: "MEAN",
  gateError: "ELEMENT_SQUARE",
  updateMaximum: "ALL_QUERIES",
  updateScope: "BATCH",
  frames: 2,
} as const;

const features = toNhwc(draw([2, 4, 2, 3], 11, -1, 1));
const items = unitRows(draw([3, 4], 12, 0, 1));

const nhwc = (values: readonly number[], shape: readonly number[]) =>
  toNhwc(float32(shape, Float32Array.from(values))).data;

function queriesAndAddressing(inputs: Readonly<Record<string, ops.Tensor>>) {
  const keys = inputs.items as ops.Tensor2D;
  const queries = toQueries(inputs.features as ops.Tensor4D);
  return { keys, queries, addressing: address(queries, keys) };
}

describe.each(["tfjs-cpu", "onnx-cpu"] as const)("on %s", (deviceId) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(deviceId);
  });
  afterAll(() => device.dispose());

  describe.skipIf(golden === null)("the memory against the published code", () => {
    const expected = golden!;

    it("addresses the same items, by the same shares of items and of queries", async () => {
      expectClose(items.data, expected.keys_val);
      const { shares, queryRatio, nearest, second } = await evaluate(
        device,
        { features, items },
        (inputs) => {
          const { addressing } = queriesAndAddressing(inputs);
          const { similarity } = addressing;
          return {
            shares: addressing.itemShares,
            queryRatio: ops.exp(ops.sub(similarity, ops.max(similarity, 0, true))),
            nearest: addressing.nearest,
            second: addressing.second,
          };
        },
      );
      expectClose(shares, expected.score_memory_softmax_over_items);
      const softmax = expected.score_query_softmax_over_queries;
      const peaks = [0, 1, 2].map((m) => Math.max(...softmax.filter((_, i) => i % 3 === m)));
      expectClose(
        queryRatio,
        softmax.map((share, i) => share / peaks[i % 3]!),
        { rtol: 1e-5, atol: 1e-6 },
      );
      const rows = Array.from({ length: 12 }, (_, k) => k);
      expect(rows.map((k) => nearest.subarray(3 * k, 3 * k + 3).indexOf(1))).toEqual(expected.nearest);
      for (const k of rows) {
        const order = [0, 1, 2].sort((a, b) => shares[3 * k + b]! - shares[3 * k + a]!);
        expect(second.subarray(3 * k, 3 * k + 3).indexOf(1)).toBe(order[1]);
      }
    });

    it("reads and updates to the same numbers, with the same losses", async () => {
      const actual = await evaluate(device, { features, items }, (inputs) => {
        const { queries, keys, addressing } = queriesAndAddressing(inputs);
        return {
          read: toMap(read(queries, keys, addressing), inputs.features as ops.Tensor4D),
          updated: update(queries, keys, addressing, CODE),
          compactness: compactness(queries, keys, addressing, CODE),
          separateness: separateness(queries, keys, addressing, CODE),
        };
      });
      expectClose(actual.read, nhwc(expected.updated_query, expected.updated_query_shape));
      expectClose(actual.updated, expected.updated_memory);
      expectClose(actual.compactness, [expected.compactness]);
      expectClose(actual.separateness, [expected.separateness]);
    });

    it("updates by the paper's equation 5 to what that gives of the same queries", async () => {
      const { updated } = await evaluate(device, { features, items }, (inputs) => {
        const { queries, keys, addressing } = queriesAndAddressing(inputs);
        const form = { ...CODE, updateMaximum: "OWN_QUERIES" } as const;
        return { updated: update(queries, keys, addressing, form) };
      });
      expectClose(updated, expected.updated_memory_PAPER_eq5);
    });

    it("sends the same gradient of the losses to the features", async () => {
      const { gradient } = await evaluate(device, { features, items }, (inputs) => {
        const loss = (given: Readonly<Record<string, ops.Tensor>>) => {
          const { queries, keys, addressing } = queriesAndAddressing({ ...inputs, ...given });
          const compact = compactness(queries, keys, addressing, CODE);
          const separate = separateness(queries, keys, addressing, CODE);
          return { loss: ops.mul(ops.add(compact, separate), 0.1) };
        };
        return { gradient: ops.valueAndNamedGrads(loss, { features: inputs.features! }).grads.features! };
      });
      expectClose(gradient, nhwc(expected.grad_of_0p1comp_plus_0p1sep_wrt_fea, [2, 4, 2, 3]));
    });

    it("lets no gradient of what was read through the choice of items", async () => {
      const weights = toNhwc(draw([2, 8, 2, 3], 13, -1, 1));
      const { gradient } = await evaluate(device, { features, items, weights }, (inputs) => {
        const loss = (given: Readonly<Record<string, ops.Tensor>>) => {
          const { queries, keys, addressing } = queriesAndAddressing({ ...inputs, ...given });
          const map = toMap(read(queries, keys, addressing), inputs.features as ops.Tensor4D);
          return { loss: ops.sum(ops.mul(map, inputs.weights!)) };
        };
        return { gradient: ops.valueAndNamedGrads(loss, { features: inputs.features! }).grads.features! };
      });
      expectClose(gradient, nhwc(expected.grad_readsum_w13_wrt_fea, [2, 4, 2, 3]));
    });
  });

  describe("the memory", () => {
    it("leaves an item as it is that no query is nearest to", async () => {
      const one = float32([1, 1, 1, 2], Float32Array.of(3, 0));
      const keys = float32([2, 2], Float32Array.of(1, 0, 0, 1));
      const { updated } = await evaluate(device, { features: one, items: keys }, (inputs) => {
        const { queries, keys, addressing } = queriesAndAddressing(inputs);
        return { updated: update(queries, keys, addressing, CODE) };
      });
      expectClose(updated, [1, 0, 0, 1]);
    });

    it("stays finite for a zero feature, whose query is zero", async () => {
      const zero = float32([1, 1, 1, 4], new Float32Array(4));
      const { gradient, queries } = await evaluate(device, { features: zero, items }, (inputs) => {
        const loss = (given: Readonly<Record<string, ops.Tensor>>) => {
          const { queries, keys, addressing } = queriesAndAddressing({ ...inputs, ...given });
          const both = ops.add(
            compactness(queries, keys, addressing, CODE),
            separateness(queries, keys, addressing, CODE),
          );
          return { loss: both, aux: { queries } };
        };
        const { grads, aux } = ops.valueAndNamedGrads(loss, { features: inputs.features! });
        return { gradient: grads.features!, queries: aux.queries };
      });
      expectClose(queries, [0, 0, 0, 0]);
      expect(gradient.every(Number.isFinite)).toBe(true);
    });
  });

  describe("separateness", () => {
    it.skipIf(triplet === null)("is torch's triplet loss with margin 1", async () => {
      const { q, p, n, loss } = triplet!;
      const inputs = {
        features: float32([1, 1, 1, 2], Float32Array.from(q)),
        items: float32([2, 2], Float32Array.from([...n, ...p])),
      };
      const { value } = await evaluate(device, inputs, (given) => {
        const { queries, keys, addressing } = queriesAndAddressing(given);
        return { value: separateness(queries, keys, addressing, CODE) };
      });
      expectClose(value, [loss]);
    });
  });

  describe("the regular score", () => {
    it.skipIf(scores === null)("is the published code's", async () => {
      const images = { output: draw([1, 3, 4, 4], 21, -1, 1), target: draw([1, 3, 4, 4], 22, -1, 1) };
      const { score, mse } = await evaluate(device, images, ({ output, target }) => {
        const difference = ops.div<ops.Tensor4D>(ops.sub(output!, target!), 2);
        return { score: regularScore(difference, CODE), mse: ops.mean(ops.square(difference)) };
      });
      expectClose(score, [scores!.point_score]);
      expectClose(mse, [scores!.mse01]);
    });

    it("is 0, not NaN, for a perfect prediction", async () => {
      const none = float32([1, 2, 2, 3], new Float32Array(12));
      const { ofElements, ofPixels } = await evaluate(device, { none }, (inputs) => {
        const difference = inputs.none as ops.Tensor4D;
        return {
          ofElements: regularScore(difference, CODE),
          ofPixels: regularScore(difference, { gateError: "PIXEL_NORM" }),
        };
      });
      expect([...ofElements, ...ofPixels]).toEqual([0, 0]);
    });

    it("is, of pixel norms, their mean weighted by how large they are", async () => {
      // Two pixels: (0.6, 0, 0.8) of norm 1, and (0, 0.5, 0) of norm ½.
      const difference = float32([1, 1, 2, 3], Float32Array.of(0.6, 0, -0.8, 0, 0.5, 0));
      const { score } = await evaluate(device, { difference }, (inputs) => ({
        score: regularScore(inputs.difference as ops.Tensor4D, { gateError: "PIXEL_NORM" }),
      }));
      const [w1, w2] = [1 - Math.exp(-1), 1 - Math.exp(-0.5)];
      expectClose(score, [(w1 + w2 / 2) / (w1 + w2)]);
    });
  });
});
