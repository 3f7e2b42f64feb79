import { type Device, openDevice, ops } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw, evaluate, expectClose, float32 } from "../testing/evaluate.ts";
import { address, assemble, itemShares, partition } from "./memory.ts";

type Tensor3D = ops.Tensor3D;
type Tensor4D = ops.Tensor4D;

const [BATCH, HEIGHT, WIDTH, CHANNELS, GRID] = [2, 4, 6, 3, 2];
const [ROWS, COLUMNS] = [HEIGHT / GRID, WIDTH / GRID];
const [CELLS, QUERIES, LENGTH, ITEMS] = [GRID * GRID, BATCH * CHANNELS, ROWS * COLUMNS, 5];
const features = draw([BATCH, HEIGHT, WIDTH, CHANNELS], 1, -1, 1);
const bank = draw([CELLS, ITEMS, LENGTH], 2, -1, 1);
const SHARPNESS = 10;

describe.each(["tfjs-cpu", "onnx-cpu"] as const)("on %s", (deviceId) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(deviceId);
  });
  afterAll(() => device.dispose());

  /** What each query reads, float32 [cells, queries, length]. */
  const read = async (items: Float32Array, shrink = 0) => {
    const inputs = { features, bank: { ...bank, data: items } };
    const { out } = await evaluate(device, inputs, (given) => {
      const memory = given.bank as Tensor3D;
      const shares = address(partition(given.features as Tensor4D, GRID), memory, SHARPNESS, shrink);
      return { out: ops.matMul(shares, memory) };
    });
    return out;
  };
  const cellOf = (values: Float32Array, cell: number) => {
    const size = values.length / CELLS;
    return values.slice(cell * size, (cell + 1) * size);
  };

  it("takes one channel of one picture, over the whole of one cell, as a query", async () => {
    const { queries } = await evaluate(device, { features }, (given) => ({
      queries: partition(given.features as Tensor4D, GRID),
    }));
    const expected = new Float32Array(features.data.length);
    let at = 0;
    for (const [top, left] of [0, 1].flatMap((y) => [0, 1].map((x) => [y * ROWS, x * COLUMNS] as const)))
      for (let picture = 0; picture < BATCH; picture++)
        for (let channel = 0; channel < CHANNELS; channel++)
          for (let y = top; y < top + ROWS; y++)
            for (let x = left; x < left + COLUMNS; x++)
              expected[at++] = features.data[((picture * HEIGHT + y) * WIDTH + x) * CHANNELS + channel]!;
    expect([...queries]).toEqual([...expected]);
  });

  it("puts cells back where they were", async () => {
    const { back } = await evaluate(device, { features }, (given) => {
      const whole = given.features as Tensor4D;
      return { back: assemble(partition(whole, GRID), whole.shape, GRID) };
    });
    expect([...back]).toEqual([...features.data]);
  });

  it("reads a cell's own bank alone: another cell's may hold anything", async () => {
    const before = await read(bank.data as Float32Array);
    const changed = Float32Array.from(bank.data, (value, i) => (i < ITEMS * LENGTH ? value : -3 * value + 1));
    const after = await read(changed);
    expect([...cellOf(after, 0)]).toEqual([...cellOf(before, 0)]);
    for (const cell of [1, 2, 3]) expect([...cellOf(after, cell)]).not.toEqual([...cellOf(before, cell)]);
  });

  it("reads the same from a bank whose items stand in another order", async () => {
    const turned = Float32Array.from(bank.data, (_, i) => {
      const [cell, item] = [Math.floor(i / (ITEMS * LENGTH)), Math.floor(i / LENGTH) % ITEMS];
      return bank.data[(cell * ITEMS + ((item + 2) % ITEMS)) * LENGTH + (i % LENGTH)]!;
    });
    expectClose(await read(turned), await read(bank.data as Float32Array));
  });

  it("addresses by direction: neither a query's nor an item's length matters", async () => {
    const shares = async (ofQueries: number, ofItems: number) => {
      const { out } = await evaluate(device, { features, bank }, (given) => {
        const queries = partition(ops.mul(given.features as Tensor4D, ofQueries), GRID);
        return { out: address(queries, ops.mul(given.bank as Tensor3D, ofItems), SHARPNESS, 0.1) };
      });
      return out;
    };
    const expected = await shares(1, 1);
    expectClose(await shares(7, 1), expected);
    expectClose(await shares(1, 0.2), expected);
    for (let row = 0; row < CELLS * QUERIES; row++) {
      const sum = expected.slice(row * ITEMS, (row + 1) * ITEMS).reduce((total, share) => total + share, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it("reads nothing where no share is above the shrinkage, and sends no gradient there", async () => {
    const inputs = { features: float32(features.shape, new Float32Array(features.data.length)), bank };
    const { out, toBank, used } = await evaluate(device, inputs, (given) => {
      // A query of zeros is equally far from all five items: each has a share of 0.2.
      const queries = partition(given.features as Tensor4D, GRID);
      const loss = ({ bank: items }: Readonly<Record<"bank", ops.Tensor>>) => {
        const shares = address(queries, items as Tensor3D, SHARPNESS, 0.21);
        return { loss: ops.sum(ops.matMul(shares, items as Tensor3D)) };
      };
      const shares = address(queries, given.bank as Tensor3D, SHARPNESS, 0.21);
      const { grads } = ops.valueAndNamedGrads(loss, { bank: given.bank! });
      return { out: ops.matMul(shares, given.bank!), toBank: grads.bank, used: itemShares([shares]) };
    });
    expect(out.every((value) => value === 0)).toBe(true);
    expect(toBank.every((value) => value === 0)).toBe(true);
    expect([...used]).toEqual(Array(CELLS * ITEMS).fill(0));
  });

  it("tells each item's part in all that was read", async () => {
    const { used } = await evaluate(device, { features, bank }, (given) => {
      const shares = address(
        partition(given.features as Tensor4D, GRID),
        given.bank as Tensor3D,
        SHARPNESS,
        0,
      );
      return { used: itemShares([shares, shares]) };
    });
    expect(used).toHaveLength(2 * CELLS * ITEMS);
    expect(used.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    // Without shrinkage every cell reads as much as any other.
    expect(cellOf(used.slice(0, CELLS * ITEMS), 1).reduce((sum, share) => sum + share, 0)).toBeCloseTo(
      1 / 8,
      5,
    );
  });
});
