// What the paper says and its published code does not, each against a computation by hand in double precision.
import { type Device, openDevice, ops } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw, evaluate, expectClose, float32, unitRows } from "../testing/evaluate.ts";
import { compactness, separateness } from "./losses.ts";
import { address, toQueries, type UpdateForm, update } from "./memory.ts";

const [FRAMES, POSITIONS, ITEMS, CHANNELS] = [3, 4, 3, 4];
const QUERIES = FRAMES * POSITIONS;
const features = draw([FRAMES, 2, 2, CHANNELS], 5, -1, 1);
const items = unitRows(draw([ITEMS, CHANNELS], 6, 0, 1));

type Rows = readonly (readonly number[])[];
const rowsOf = ({ data }: { data: ArrayLike<number> }): Rows =>
  Array.from({ length: data.length / CHANNELS }, (_, row) =>
    Array.from({ length: CHANNELS }, (_, c) => data[row * CHANNELS + c]!),
  );
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, c) => sum + value * b[c]!, 0);
const unit = (row: readonly number[]) => row.map((value) => value / Math.sqrt(dot(row, row)));

const Q = rowsOf(features).map(unit);
const K = rowsOf(items);
const S = Q.map((q) => K.map((item) => dot(q, item)));
const ranked = S.map((row) => [0, 1, 2].sort((a, b) => row[b]! - row[a]!));
const distance = (k: number, rank: number) => {
  const difference = Q[k]!.map((value, c) => value - K[ranked[k]![rank]!]![c]! + 1e-6);
  return Math.sqrt(dot(difference, difference));
};
const queries = Array.from({ length: QUERIES }, (_, k) => k);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The update as the paper writes it, softmax and all. */
function updatedByHand({ updateMaximum, updateScope }: Pick<UpdateForm, "updateMaximum" | "updateScope">) {
  const frameOf = (k: number) => (updateScope === "BATCH" ? 0 : Math.floor(k / POSITIONS));
  return K.flatMap((item, m) => {
    const share = (k: number) => {
      const rivals = queries.filter((other) => frameOf(other) === frameOf(k));
      return Math.exp(S[k]![m]!) / sum(rivals.map((other) => Math.exp(S[other]![m]!)));
    };
    const weight = (k: number) => {
      const rivals = queries.filter(
        (other) =>
          frameOf(other) === frameOf(k) && (updateMaximum === "ALL_QUERIES" || ranked[other]![0] === m),
      );
      return share(k) / Math.max(...rivals.map(share));
    };
    const own = queries.filter((k) => ranked[k]![0] === m);
    return unit(item.map((value, c) => value + sum(own.map((k) => weight(k) * Q[k]![c]!))));
  });
}

describe.each(["tfjs-cpu", "onnx-cpu"] as const)("on %s", (deviceId) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(deviceId);
  });
  afterAll(() => device.dispose());

  const memoryOf = (inputs: Readonly<Record<string, ops.Tensor>>) => {
    const keys = inputs.items as ops.Tensor2D;
    const rows = toQueries(inputs.features as ops.Tensor4D);
    return { rows, keys, addressing: address(rows, keys) };
  };

  it.each([
    { updateMaximum: "ALL_QUERIES", updateScope: "BATCH" },
    { updateMaximum: "OWN_QUERIES", updateScope: "BATCH" },
    { updateMaximum: "ALL_QUERIES", updateScope: "FRAME" },
    { updateMaximum: "OWN_QUERIES", updateScope: "FRAME" },
  ] as const)("updates by $updateMaximum within one $updateScope", async (form) => {
    const { updated } = await evaluate(device, { features, items }, (inputs) => {
      const { rows, keys, addressing } = memoryOf(inputs);
      return { updated: update(rows, keys, addressing, { ...form, frames: FRAMES }) };
    });
    expectClose(updated, updatedByHand(form));
  });

  it("leaves an item as it is that no query of any frame is nearest to, whatever the form", async () => {
    const alike = float32([2, 1, 1, 2], Float32Array.of(3, 0, 2, 0));
    const axes = float32([2, 2], Float32Array.of(1, 0, 0, 1));
    const { updated } = await evaluate(device, { features: alike, items: axes }, (inputs) => {
      const { rows, keys, addressing } = memoryOf(inputs);
      const form = { updateMaximum: "OWN_QUERIES", updateScope: "FRAME", frames: 2 } as const;
      return { updated: update(rows, keys, addressing, form) };
    });
    expectClose(updated, [1, 0, 0, 1]);
  });

  it("takes norms and sums for losses where it is told to", async () => {
    const { norms, normSum, squareSum, hinge, hingeSum } = await evaluate(
      device,
      { features, items },
      (inputs) => {
        const { rows, keys, addressing } = memoryOf(inputs);
        const compact = (distanceForm: "MEAN_SQUARE" | "L2_NORM", lossReduction: "MEAN" | "SUM") =>
          compactness(rows, keys, addressing, { distanceForm, lossReduction });
        return {
          norms: compact("L2_NORM", "MEAN"),
          normSum: compact("L2_NORM", "SUM"),
          squareSum: compact("MEAN_SQUARE", "SUM"),
          hinge: separateness(rows, keys, addressing, { lossReduction: "MEAN" }),
          hingeSum: separateness(rows, keys, addressing, { lossReduction: "SUM" }),
        };
      },
    );
    const total = sum(queries.map((k) => distance(k, 0)));
    const squares = sum(queries.map((k) => distance(k, 0) ** 2)) / CHANNELS;
    const hinges = sum(queries.map((k) => Math.max(0, distance(k, 0) - distance(k, 1) + 1)));
    expectClose([norms[0]!, normSum[0]!, squareSum[0]!], [total / QUERIES, total, squares]);
    expectClose([hinge[0]!, hingeSum[0]!], [hinges / QUERIES, hinges]);
  });

  it("has a finite gradient where a query lies on its item", async () => {
    const on = float32([1, 1, 1, CHANNELS], Float32Array.from(items.data.slice(0, CHANNELS)));
    const { gradient } = await evaluate(device, { features: on, items }, (inputs) => {
      const loss = (given: Readonly<Record<string, ops.Tensor>>) => {
        const { rows, keys, addressing } = memoryOf({ ...inputs, ...given });
        const form = { distanceForm: "L2_NORM", lossReduction: "SUM" } as const;
        return { loss: compactness(rows, keys, addressing, form) };
      };
      return { gradient: ops.valueAndNamedGrads(loss, { features: inputs.features! }).grads.features! };
    });
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});
