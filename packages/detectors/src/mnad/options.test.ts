// The options of MNAD in whole detectors: what training's gradients and scoring's lanes make of them, and the test-time
// update with its gate forced open, which normal data seldom does.
import type { MnadHyperparameters } from "@engram/core";
import { type Device, openDevice, type TensorDataMap } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Detector } from "../detector.ts";
import { type FrameResult, openScorer, type ScorerOptions } from "../score.ts";
import { ARCHITECTURES } from "../testing/architectures.ts";
import { expectTrueGradients } from "../testing/loss-slopes.ts";
import { movingSquare } from "../testing/moving-square.ts";
import { tinyDetector, tinyDetectorOf } from "../testing/tiny.ts";
import { MEMORY } from "./state.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu", { threads: 1 });
});
afterAll(() => device.dispose());

const clips = [1, 2].map((seed) => movingSquare({ size: 16, frameCount: 9, seed }));

async function score(detector: Detector, state: TensorDataMap, options: Partial<ScorerOptions> = {}) {
  const scorer = await openScorer({ detector, state, device, memory: "UPDATE", gate: 2, ...options });
  const results: FrameResult[] = [];
  const memories: Float32Array[] = [];
  for (const clip of options.startMemory === undefined ? clips : clips.slice(1)) {
    for await (const result of scorer.scoreClip(clip)) {
      results.push(result);
      memories.push((await scorer.readMemory())[MEMORY]!.data.slice() as Float32Array);
    }
  }
  await scorer.dispose();
  return { results, memories };
}

describe("losses by the paper", () => {
  const { smoothState } = ARCHITECTURES.find(({ architecture }) => architecture === "MNAD_PREDICTION")!;

  it.each([
    { distanceForm: "L2_NORM", lossReduction: "MEAN" },
    { distanceForm: "L2_NORM", lossReduction: "SUM" },
    { distanceForm: "MEAN_SQUARE", lossReduction: "SUM" },
  ] as const)(
    "have their slopes as gradients: $distanceForm, $lossReduction",
    async (form) => {
      const detector = tinyDetector(form);
      await expectTrueGradients(device, detector, smoothState(detector), "together");
    },
    60_000,
  );
});

describe.each(["MNAD_PREDICTION", "MNAD_RECONSTRUCTION"] as const)(
  "%s with its gate forced open",
  (architecture) => {
    it.each([
      {},
      { updateMaximum: "OWN_QUERIES", updateScope: "FRAME", gateError: "PIXEL_NORM" },
    ] satisfies Partial<MnadHyperparameters>[])(
      "changes its memory at every frame, keeps rows of unit length and carries them to the next clip: %o",
      async (form) => {
        const detector = tinyDetectorOf(architecture, { items: 3, ...form });
        const state = detector.initialState(1);
        const { results, memories } = await score(detector, state);
        const perClip = 10 - detector.windowFrames;
        expect(results).toHaveLength(2 * perClip);
        let before = state[MEMORY]!.data;
        for (const [index, items] of memories.entries()) {
          expect(results[index]!.memoryUpdated).toBe(true);
          expect(items).not.toEqual(before);
          for (let m = 0; m < 3; m++)
            expect(Math.hypot(...items.subarray(32 * m, 32 * m + 32))).toBeCloseTo(1, 5);
          before = items;
        }
        const startMemory = { [MEMORY]: { ...state[MEMORY]!, data: memories[perClip - 1]! } };
        const resumed = await score(detector, state, { startMemory });
        expect(resumed.results).toEqual(results.slice(perClip));
        const alone = await score(detector, state, { startMemory: { [MEMORY]: state[MEMORY]! } });
        expect(alone.results[0]!.lanes).not.toEqual(resumed.results[0]!.lanes);
      },
    );
  },
);

describe("scores by the paper", () => {
  /** Whatever it sees, it paints one colour. */
  const onlyBias = (detector: Detector, colour: readonly number[]): TensorDataMap => {
    const state = detector.initialState(1);
    const filter = state["deconv1.3/filter"]!;
    return {
      ...state,
      "deconv1.3/filter": { ...filter, data: new Float32Array(filter.data.length) },
      "deconv1.3/bias": { ...state["deconv1.3/bias"]!, data: Float32Array.from(colour) },
    };
  };
  const lanesOf = async (form: Partial<MnadHyperparameters>, colour = [0.2, -0.4, 0.1]) => {
    const detector = tinyDetector(form);
    const { results } = await score(detector, onlyBias(detector, colour), { memory: "FROZEN" });
    return results.map(({ lanes }) => lanes);
  };

  it("take PSNR with the largest value of the frame that was made as its peak, and nothing else by it", async () => {
    const one = await lanesOf({});
    const peaked = await lanesOf({ psnrPeak: "FRAME_MAXIMUM" });
    const peak = (Math.tanh(0.2) + 1) / 2;
    for (const [index, { PSNR, ...others }] of peaked.entries()) {
      const { PSNR: expected, ...rest } = one[index]!;
      expect(PSNR).toBeCloseTo(expected + 20 * Math.log10(peak), 4);
      expect(others).toEqual(rest);
    }
  });

  it("take the peak of a white frame for 1, above which ONNX Runtime's tanh rounds", async () => {
    // Of this number it makes 1.0000002.
    const white = [8.44, 8.44, 8.44];
    const peaked = await lanesOf({ psnrPeak: "FRAME_MAXIMUM" }, white);
    expect(peaked).toEqual(await lanesOf({}, white));
  });

  it("change the feature distance and the regular score by their own options alone", async () => {
    const published = await lanesOf({});
    const norms = await lanesOf({ distanceForm: "L2_NORM", lossReduction: "SUM" });
    const pixels = await lanesOf({ gateError: "PIXEL_NORM" });
    for (const [index, lanes] of published.entries()) {
      // Jensen: the mean of norms is at most the root of the mean square, over 32 channels.
      const bound = Math.sqrt(32 * lanes.FEATURE_DISTANCE!) + 1e-4;
      expect(norms[index]!.FEATURE_DISTANCE!).toBeGreaterThan(lanes.FEATURE_DISTANCE!);
      expect(norms[index]!.FEATURE_DISTANCE!).toBeLessThan(bound);
      expect({ ...norms[index]!, FEATURE_DISTANCE: 0 }).toEqual({ ...lanes, FEATURE_DISTANCE: 0 });
      expect(pixels[index]!.REGULAR_SCORE!).toBeGreaterThan(lanes.REGULAR_SCORE!);
      expect({ ...pixels[index]!, REGULAR_SCORE: 0 }).toEqual({ ...lanes, REGULAR_SCORE: 0 });
    }
  });
});
