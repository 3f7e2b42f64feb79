// What every architecture must hold, each on a detector of a few thousand numbers.
import { hasGatedMemory } from "@engram/core";
import { type Device, openDevice, type TensorDataMap } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Detector } from "./detector.ts";
import { type FrameResult, openScorer } from "./score.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { expectClose } from "./testing/evaluate.ts";
import { expectTrueGradients } from "./testing/loss-slopes.ts";
import { movingSquare } from "./testing/moving-square.ts";
import { trainingClipsOf } from "./testing/training-clips.ts";
import { trainDetector } from "./train.ts";
import type { Losses } from "./training-position.ts";
import { TrainingWindows } from "./training-windows.ts";

let compiled: Device;
let eager: Device;
beforeAll(async () => {
  compiled = await openDevice("onnx-cpu", { threads: 1 });
  eager = await openDevice("tfjs-cpu");
});
afterAll(async () => {
  await compiled.dispose();
  await eager.dispose();
});

/** At least nine windows, more of those that are shorter than five frames. */
const clipsOf = ({ windowFrames }: Detector) => trainingClipsOf(Math.max(5, windowFrames));

/** Of each clip that is scored. */
const SCORED_FRAMES = 6;

async function train(detector: Detector, device: Device) {
  const losses: Losses[] = [];
  let state: TensorDataMap = {};
  await trainDetector({
    detector,
    device,
    clips: clipsOf(detector),
    signal: new AbortController().signal,
    resumeFrom: null,
    onProgress: (at) => losses.push(at.losses),
    onCheckpoint: async (checkpoint) => {
      state = checkpoint.state;
    },
    clock: () => 0,
  });
  return { losses, state };
}

/** Every frame of two clips, the memory updated by each where the architecture does that. */
async function score(detector: Detector, state: TensorDataMap, device: Device): Promise<FrameResult[]> {
  const scorer = await openScorer({ detector, state, device, memory: "UPDATE", gate: 2 });
  const results: FrameResult[] = [];
  for (const seed of [1, 2]) {
    const clip = movingSquare({ size: 16, frameCount: detector.windowFrames - 1 + SCORED_FRAMES, seed });
    for await (const result of scorer.scoreClip(clip)) results.push(result);
  }
  await scorer.dispose();
  return results;
}

describe.each(ARCHITECTURES)("$architecture", ({ detector: tiny, smoothState }) => {
  it("trains through the same 20 losses compiled as eager, and then scores the same", async () => {
    const { stepsPerEpoch } = new TrainingWindows(clipsOf(tiny()), tiny());
    const detector = tiny({ epochs: Math.ceil(20 / stepsPerEpoch) });
    const expected = await train(detector, eager);
    const came = await train(detector, compiled);
    expect(came.losses.length).toBeGreaterThanOrEqual(20);
    for (const [step, losses] of came.losses.slice(0, 20).entries()) {
      expectClose(Object.values(losses), Object.values(expected.losses[step]!), { rtol: 0, atol: 1e-3 });
    }
    const eagerScores = await score(detector, expected.state, eager);
    const scores = await score(detector, expected.state, compiled);
    expect(scores).toHaveLength(2 * SCORED_FRAMES);
    const isMemoryUpdated = scores.some(({ memoryUpdated }) => memoryUpdated);
    expect(isMemoryUpdated).toBe(hasGatedMemory(detector.architecture));
    for (const [index, { frameIndex, memoryUpdated, errorMap, ...came }] of scores.entries()) {
      const eagerScore = eagerScores[index]!;
      expect({ frameIndex, memoryUpdated }).toEqual({
        frameIndex: eagerScore.frameIndex,
        memoryUpdated: eagerScore.memoryUpdated,
      });
      // The histogram of so few pixels, and what is corrected by it, jumps where rounding moves one to the next bin.
      const { CORRECTED_ERROR: _, ...lanes } = came.lanes;
      const { CORRECTED_ERROR: __, ...eagerLanes } = eagerScore.lanes;
      expectClose(Object.values(lanes), Object.values(eagerLanes), { rtol: 1e-4, atol: 1e-4 });
      expectClose(errorMap, eagerScore.errorMap, { rtol: 0, atol: 1e-4 });
    }
  }, 120_000);

  it("comes to the same bits twice from one seed: every loss and the whole last state", async () => {
    const [first, second] = [await train(tiny(), compiled), await train(tiny(), compiled)];
    expect(second.losses).toEqual(first.losses);
    for (const [name, { data }] of Object.entries(first.state)) {
      expect(bits(second.state[name]!.data).equals(bits(data)), name).toBe(true);
    }
  }, 120_000);

  it("has the loss's slopes as gradients, parameter by parameter", async () => {
    const detector = tiny();
    await expectTrueGradients(compiled, detector, smoothState(detector), "each");
  }, 120_000);

  it("has them on the reference device too, along directions through all parameters", async () => {
    const detector = tiny();
    await expectTrueGradients(eager, detector, smoothState(detector), "together");
  }, 120_000);
});

function bits(data: TensorDataMap[string]["data"]): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
