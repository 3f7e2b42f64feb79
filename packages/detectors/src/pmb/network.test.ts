import { resolveHyperparameters } from "@engram/core";
import { type Device, openDevice, ops } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldWeights, scoringLayers } from "../layers/run-layer.ts";
import { createDetector } from "../registry.ts";
import { draw, evaluate, expectClose } from "../testing/evaluate.ts";
import { parseBridges, pmbLayers } from "./layers.ts";
import { reconstruct } from "./network.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice("tfjs-cpu");
});
afterAll(() => device.dispose());

const detectorOf = (overrides: object) =>
  createDetector("PMB", resolveHyperparameters("PMB", "tiny", { size: 32, width: 4, ...overrides }));

describe("the size of the network", () => {
  /** Filters, biases, scales and shifts. */
  const block = (inputs: number, outputs: number) => 9 * inputs * outputs + 3 * outputs;
  const encoder = (w: number) => block(3, w) + block(w, 2 * w) + block(2 * w, 4 * w) + block(4 * w, 8 * w);
  const decoder = (w: number) =>
    block(8 * w, 8 * w) +
    [1, 2, 4].reduce((sum, c) => sum + block(2 * c * w, c * w) + block(c * w, c * w), 0) +
    block(w, w) +
    (9 * w * 3 + 3);

  it("is that of the table of layers without bridges, plus 9 numbers for each pair of channels that a bridge joins", () => {
    const w = 4;
    const plain = encoder(w) + decoder(w);
    expect(detectorOf({ levels: "none,none,none,none" }).parameterCount).toBe(plain);
    const joined = [1, 2, 4].reduce((sum, c) => sum + 9 * c * w * c * w, 0);
    expect(detectorOf({ levels: "skip,skip,skip,skip" }).parameterCount).toBe(plain + joined);
  });

  it("counts the items: of each cell as many as `items`, as long as the cell has positions", () => {
    const without = detectorOf({ levels: "skip,skip,skip,none" }).parameterCount;
    const given = { grid: 2, items: 16 };
    // Level 2 has 8×8 positions, level 4 has 2×2: whatever the grid, `items` numbers a position.
    expect(detectorOf({ ...given, levels: "skip,pmb,skip,pmb" }).parameterCount).toBe(
      without + 16 * (64 + 4),
    );
    expect(detectorOf({ ...given, grid: 1, levels: "skip,pmb,skip,pmb" }).parameterCount).toBe(
      without + 16 * (64 + 4),
    );
  });

  it("is 1,904,899 numbers in the preset `paper`", () => {
    const { parameterCount } = createDetector("PMB", resolveHyperparameters("PMB", "paper"));
    expect(parameterCount).toBe(1_904_899);
  });
});

describe("a grid", () => {
  it("that does not divide a level with a memory is refused, and said why", () => {
    expect(() => detectorOf({ grid: 4 })).toThrow(
      "hyperparameters.grid: level 4 has 2×2 positions, which do not divide into 4×4 cells.",
    );
    expect(detectorOf({ grid: 4, levels: "skip,pmb,skip,none" }).architecture).toBe("PMB");
  });
});

describe("a shrinkage", () => {
  it("that would zero every query is refused, and said why", () => {
    expect(() => detectorOf({ items: 512, sharpness: 1, shrink: 0.02 })).toThrow(
      "hyperparameters.shrink: no share of 512 items at sharpness 1 can be above 0.02, so nothing would ever be read.",
    );
    expect(detectorOf({ items: 512, sharpness: 10, shrink: 0.02 }).architecture).toBe("PMB");
  });
});

describe("the network", () => {
  const output = async (levels: string, frames: ReturnType<typeof draw>) => {
    const bridges = parseBridges(levels);
    const layers = pmbLayers(4, bridges);
    const detector = detectorOf({ levels, grid: 2, items: 4 });
    const model = detector.deployable(detector.initialState(5));
    const items = Object.fromEntries(Object.entries(model).filter(([name]) => name.startsWith("memory/")));
    const inputs = { ...foldWeights(layers, model, 3), ...items, frames };
    return await evaluate(device, inputs, (given) => {
      const addressing = { grid: 2, sharpness: 10, shrink: 0.02 };
      const run = scoringLayers(layers, given);
      const { frame, shares } = reconstruct(run, given.frames as ops.Tensor4D, bridges, given, addressing);
      return { frame, levels: ops.scalar(shares.length) };
    });
  };
  const picture = draw([1, 32, 32, 3], 1, -1, 1);

  it("rebuilds three colours in (−1, 1) of the picture's size, whatever joins its levels", async () => {
    for (const levels of [
      "none,none,none,none",
      "skip,skip,skip,skip",
      "skip,pmb,skip,pmb",
      "pmb,pmb,pmb,pmb",
    ]) {
      const { frame, levels: memories } = await output(levels, picture);
      expect(frame).toHaveLength(32 * 32 * 3);
      expect(Math.max(...frame.map(Math.abs))).toBeLessThan(1);
      expect(memories[0]).toBe(levels.split("pmb").length - 1);
    }
  });

  it("takes a skip at the deepest level for none: there is nothing for its features to be joined with", async () => {
    const skip = await output("skip,none,skip,skip", picture);
    expectClose(skip.frame, (await output("skip,none,skip,none", picture)).frame, { rtol: 0, atol: 0 });
  });
});
