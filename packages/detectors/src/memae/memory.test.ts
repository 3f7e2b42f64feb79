import { resolveHyperparameters } from "@engram/core";
import { type Device, openDevice, ops, type TensorData } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw, evaluate, expectClose, float32 } from "../testing/evaluate.ts";
import { readGolden } from "../testing/shared-file.ts";
import { address, entropy, hardShrink, itemShares } from "./memory.ts";

interface MemoryGolden {
  readonly shrink: number;
  readonly att: number[];
  readonly output: number[];
  readonly entropy: number;
  readonly grad_x: number[];
  readonly grad_w: number[];
}

const golden = await readGolden<MemoryGolden>("memae_memory");
const POSITIONS = 4;
/** [1, channels, 2, 1, 2], as the reference has it → a row for each position. */
const rowsOf = ({ data }: { readonly data: ArrayLike<number> }, channels: number): TensorData =>
  float32(
    [POSITIONS, channels],
    Float32Array.from({ length: POSITIONS * channels }, (_, i) => {
      const [position, channel] = [Math.floor(i / channels), i % channels];
      return data[channel * POSITIONS + position]!;
    }),
  );

const items = draw([5, 4], 31, -1, 1);
const queries = rowsOf(draw([1, 4, 2, 1, 2], 32, -1, 1), 4);

describe.each(["tfjs-cpu", "onnx-cpu"] as const)("on %s", (deviceId) => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice(deviceId);
  });
  afterAll(() => device.dispose());

  describe.skipIf(golden === null)("the memory against the published code", () => {
    const { shrink, ...expected } = golden!;
    const options = { addressing: "DOT", shrink } as const;

    it("reads the same by the same shares, with the same entropy", async () => {
      const actual = await evaluate(device, { queries, items }, (inputs) => {
        const shares = address(inputs.queries as ops.Tensor2D, inputs.items as ops.Tensor2D, options);
        return { shares, read: ops.matMul(shares, inputs.items!), entropy: entropy(shares) };
      });
      expectClose(actual.shares, rowsOf({ data: expected.att }, 5).data);
      expectClose(actual.read, rowsOf({ data: expected.output }, 4).data);
      expectClose(actual.entropy, [expected.entropy]);
    });

    it("sends the same gradient to queries and items", async () => {
      const { toQueries, toItems } = await evaluate(device, { queries, items }, (inputs) => {
        const loss = (given: Readonly<Record<string, ops.Tensor>>) => {
          const [q, k] = [given.queries as ops.Tensor2D, given.items as ops.Tensor2D];
          const shares = address(q, k, options);
          const read = ops.sum(ops.matMul(shares, k));
          return { loss: ops.add(read, ops.mul(entropy(shares), 2e-4)) };
        };
        const { grads } = ops.valueAndNamedGrads(loss, { queries: inputs.queries!, items: inputs.items! });
        return { toQueries: grads.queries!, toItems: grads.items! };
      });
      expectClose(toQueries, rowsOf({ data: expected.grad_x }, 4).data);
      expectClose(toItems, expected.grad_w);
    });
  });

  it("reads nothing where every share is below λ, and sends no gradient from there", async () => {
    const { read, toQueries, toItems } = await evaluate(device, { queries, items }, (inputs) => {
      const loss = (given: Readonly<Record<string, ops.Tensor>>) => {
        const [q, k] = [given.queries as ops.Tensor2D, given.items as ops.Tensor2D];
        const shares = address(q, k, { addressing: "DOT", shrink: 0.999 });
        const read = ops.matMul(shares, k);
        return { loss: ops.add(ops.sum(read), entropy(shares)), aux: { read } };
      };
      const { grads, aux } = ops.valueAndNamedGrads(loss, { queries: inputs.queries!, items: inputs.items! });
      return { read: aux.read, toQueries: grads.queries!, toItems: grads.items! };
    });
    expect(read.every((value) => value === 0)).toBe(true);
    expect([...toQueries, ...toItems].every((value) => value === 0)).toBe(true);
  });

  it("compares by cosine, whatever the lengths of queries and items, where that is asked for", async () => {
    const { ofThem, ofLonger } = await evaluate(device, { queries, items }, (inputs) => {
      const [q, k] = [inputs.queries as ops.Tensor2D, inputs.items as ops.Tensor2D];
      const cosine = { addressing: "COSINE", shrink: 0 } as const;
      return {
        ofThem: address(q, k, cosine),
        ofLonger: address(ops.mul(q, 3), ops.mul(k, ops.reshape(ops.range(1, 6), [5, 1])), cosine),
      };
    });
    expectClose(ofLonger, ofThem);
    for (let row = 0; row < POSITIONS; row++) {
      const shares = ofThem.subarray(5 * row, 5 * row + 5);
      // Cosines lie in [-1, 1].
      expect(Math.max(...shares) / Math.min(...shares)).toBeLessThanOrEqual(Math.E ** 2);
    }
  });

  it("tells each item's part in what was read: all of them together 1, and 0 where nothing was", async () => {
    const shares = float32([2, 3], Float32Array.of(0.75, 0.25, 0, 0, 0, 0));
    const { parts, none } = await evaluate(device, { shares }, (inputs) => ({
      parts: itemShares(inputs.shares as ops.Tensor2D),
      none: itemShares(hardShrink(inputs.shares as ops.Tensor2D, 0.9)),
    }));
    expectClose(parts, [0.75, 0.25, 0]);
    expectClose(none, [0, 0, 0]);
  });
});

describe("cosine addressing", () => {
  it("is refused where its shares, flat over many items, are all below the shrinkage", () => {
    const cosine = { addressing: "COSINE", items: 2000 } as const;
    expect(() => resolveHyperparameters("MEMAE", "paper", { ...cosine, shrink: 0.0025 })).toThrow(
      /^hyperparameters.shrink: .*2000 items no share comes above 0\.0014.*0\.0025/,
    );
    expect(resolveHyperparameters("MEMAE", "paper", { ...cosine, shrink: 0.001 })).toMatchObject(cosine);
    expect(resolveHyperparameters("MEMAE", "paper")).toMatchObject({ addressing: "DOT", shrink: 0.0025 });
  });
});
