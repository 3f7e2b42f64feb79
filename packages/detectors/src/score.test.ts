import { type Device, openDevice } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FrameSource } from "./frames.ts";
import { MEMORY } from "./mnad/state.ts";
import { type FrameResult, openScorer, type ScorerOptions } from "./score.ts";
import { movingSquare, wholeClip } from "./testing/moving-square.ts";
import { tinyDetector } from "./testing/tiny.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu");
});
afterAll(() => device.dispose());

const detector = tinyDetector();
const state = detector.initialState(1);
const clip = movingSquare({ size: 16, frameCount: 25 });

const open = (options: Partial<ScorerOptions> = {}) =>
  openScorer({ detector, state, device, memory: "UPDATE", ...options });

async function collect(results: AsyncGenerator<FrameResult>): Promise<FrameResult[]> {
  const all: FrameResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

async function scoreAll(clips: readonly FrameSource[], options: Partial<ScorerOptions> = {}) {
  const scorer = await open(options);
  const results: FrameResult[] = [];
  for (const source of clips) results.push(...(await collect(scorer.scoreClip(source))));
  const memory = await scorer.readMemory();
  await scorer.dispose();
  return { results, items: memory[MEMORY]!.data };
}

describe("scoring a clip", () => {
  it("gives every frame from the fifth on all lanes and an error map that agrees with them", async () => {
    const { results } = await scoreAll([clip]);
    expect(results.map(({ frameIndex }) => frameIndex)).toEqual(Array.from({ length: 21 }, (_, i) => i + 4));
    for (const { lanes, errorMap } of results) {
      expect(Object.keys(lanes).sort()).toEqual([...detector.lanes].sort());
      expect(lanes.PSNR).toBeCloseTo(-10 * Math.log10(lanes.PREDICTION_ERROR), 9);
      expect(errorMap).toHaveLength(256);
      expect(Math.min(...errorMap)).toBeGreaterThanOrEqual(0);
      const mean = errorMap.reduce((sum, error) => sum + error, 0) / 256;
      expect(mean ** 2).toBeLessThanOrEqual(lanes.PREDICTION_ERROR * (1 + 1e-5));
      expect(lanes.REGION_ERROR).toBeGreaterThanOrEqual(lanes.PREDICTION_ERROR);
      expect(lanes.REGULAR_SCORE).toBeGreaterThanOrEqual(lanes.PREDICTION_ERROR);
    }
  });

  it("scores a range by the windows inside it alone", async () => {
    const scorer = await open({ memory: "FROZEN" });
    const whole = await collect(scorer.scoreClip(clip));
    const part = await collect(scorer.scoreClip(clip, { firstFrame: 7, endFrame: 14 }));
    expect(part).toEqual(whole.filter(({ frameIndex }) => frameIndex >= 11 && frameIndex < 14));
    expect(await collect(scorer.scoreClip(clip, { firstFrame: 3, endFrame: 7 }))).toEqual([]);
    const outside = collect(scorer.scoreClip(clip, { firstFrame: 20, endFrame: 26 }));
    await expect(outside).rejects.toMatchObject({ code: "BAD_INPUT" });
    await scorer.dispose();
  });

  it("sees a grey clip as the colour clip of equal channels, and carries the memory between them", async () => {
    const colour: FrameSource = {
      ...clip,
      channels: 3,
      read: async (start, count) =>
        Uint8Array.from([...(await clip.read(start, count))].flatMap((pixel) => [pixel, pixel, pixel])),
    };
    const grey = await scoreAll([clip, clip], { gate: 2 });
    const mixed = await scoreAll([clip, colour], { gate: 2 });
    for (const [index, { lanes, errorMap }] of mixed.results.entries()) {
      const other = grey.results[index]!;
      expect(lanes.PREDICTION_ERROR).toBeCloseTo(other.lanes.PREDICTION_ERROR, 5);
      expect(lanes.FEATURE_DISTANCE).toBeCloseTo(other.lanes.FEATURE_DISTANCE!, 5);
      expect(errorMap[100]).toBeCloseTo(other.errorMap[100]!, 5);
    }
  });

  it("ends within one frame of cancelation", async () => {
    const controller = new AbortController();
    const scorer = await open();
    let frames = 0;
    const scored = (async () => {
      for await (const _ of scorer.scoreClip(clip, undefined, controller.signal)) {
        frames++;
        if (frames === 3) controller.abort();
      }
    })();
    await expect(scored).rejects.toMatchObject({ code: "CANCELED" });
    expect(frames).toBe(3);
    await scorer.dispose();
  });
});

describe("the test-time update", () => {
  it("changes the memory for the next frame when the gate is forced open, and carries it to the next clip", async () => {
    const opened = await scoreAll([clip, clip], { gate: 2 });
    const frozen = await scoreAll([clip, clip], { memory: "FROZEN" });
    expect(opened.results.every(({ memoryUpdated }) => memoryUpdated)).toBe(true);
    expect(frozen.results.some(({ memoryUpdated }) => memoryUpdated)).toBe(false);
    // The first frame is scored before its own update.
    expect(opened.results[0]!.lanes).toEqual(frozen.results[0]!.lanes);
    expect(opened.results[1]!.lanes).not.toEqual(frozen.results[1]!.lanes);
    expect(opened.results[21]!.lanes).not.toEqual(opened.results[0]!.lanes);
    expect(frozen.results.slice(21)).toEqual(frozen.results.slice(0, 21));
    expect(frozen.items).toEqual(state[MEMORY]!.data);
    expect(opened.items).not.toEqual(state[MEMORY]!.data);
    for (let m = 0; m < 3; m++) {
      expect(Math.hypot(...opened.items.subarray(32 * m, 32 * m + 32))).toBeCloseTo(1, 5);
    }
  });

  it("happens for exactly the frames whose regular score is below the gate", async () => {
    const { results } = await scoreAll([clip], { memory: "FROZEN" });
    const scores = results.map(({ lanes }) => lanes.REGULAR_SCORE!);
    const gate = [...scores].sort((a, b) => a - b)[10]!;
    const gated = await scoreAll([clip], { gate });
    for (const { lanes, memoryUpdated } of gated.results)
      expect(memoryUpdated).toBe(lanes.REGULAR_SCORE! < gate);
    expect(new Set(gated.results.map(({ memoryUpdated }) => memoryUpdated)).size).toBe(2);
  });

  it("does not happen with a closed gate: the numbers are those of a frozen memory", async () => {
    const closed = await scoreAll([clip], { gate: 0 });
    expect(closed.results).toEqual((await scoreAll([clip], { memory: "FROZEN" })).results);
  });
});

describe("scoring in 8 bits", () => {
  const normalFrames = [wholeClip(movingSquare({ size: 16, frameCount: 40, seed: 2 }))];
  const int8 = { precision: "INT8", normalFrames } as const;

  it("gives lanes and error maps near those of float32, the same ones twice", async () => {
    const exact = await scoreAll([clip], { memory: "FROZEN" });
    const came = await scoreAll([clip], { memory: "FROZEN", precision: int8 });
    for (const [i, { lanes, errorMap }] of came.results.entries()) {
      const expected = exact.results[i]!;
      for (const lane of detector.lanes) {
        // What is left of an error once the background's is gone may be 0: it is as near as the map's pixels are.
        const unit = lane === "CORRECTED_ERROR" ? 1 : Math.abs(expected.lanes[lane]!);
        expect(Math.abs(lanes[lane]! - expected.lanes[lane]!)).toBeLessThan(0.02 * unit);
      }
      for (const [pixel, error] of errorMap.entries())
        expect(Math.abs(error - expected.errorMap[pixel]!)).toBeLessThan(0.02);
    }
    expect(came.results).not.toEqual(exact.results);
    expect((await scoreAll([clip], { memory: "FROZEN", precision: int8 })).results).toEqual(came.results);
  });

  it("goes on from a memory that was kept, to the same numbers", async () => {
    const whole = await scoreAll([clip, clip], { gate: 2, precision: int8 });
    const first = await scoreAll([clip], { gate: 2, precision: int8 });
    const startMemory = { [MEMORY]: { ...state[MEMORY]!, data: first.items } };
    const second = await scoreAll([clip], { gate: 2, precision: int8, startMemory });
    expect([...first.results, ...second.results]).toEqual(whole.results);
  });

  it("is refused where no normal frame can be scored", async () => {
    const short = wholeClip(movingSquare({ size: 16, frameCount: 4 }));
    const none = scoreAll([clip], { precision: { precision: "INT8", normalFrames: [short] } });
    await expect(none).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});
