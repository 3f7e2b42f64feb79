import { type Device, openDevice, type TensorDataMap } from "@engram/engine";
import { auroc, mixNormality } from "@engram/numerics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { learnBackgroundError } from "./calibrate.ts";
import { sha256 } from "./checkpoint/files.ts";
import type { FrameSource } from "./frames.ts";
import { openScorer } from "./score.ts";
import { movingSquare, wholeClip } from "./testing/moving-square.ts";
import { tinyDetector, tinyDetectorOf } from "./testing/tiny.ts";
import { trainingClips } from "./testing/training-clips.ts";
import { trainDetector } from "./train.ts";
import { NO_VALIDATION, requireMonitored, type ValidationData, validate } from "./validation.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu", { threads: 1 });
});
afterAll(() => device.dispose());

const { signal } = new AbortController();
const detector = tinyDetector();
const calibration = [wholeClip(movingSquare({ size: 16, frameCount: 12, seed: 5 }))];

/** A clip whose last frames are another clip's. */
function spliced(seed: number): { source: FrameSource; labels: Uint8Array } {
  const [usual, strange] = [seed, seed + 40].map((seed) => movingSquare({ size: 16, frameCount: 14, seed }));
  const source: FrameSource = {
    ...usual!,
    name: `spliced ${seed}`,
    async read(start, count) {
      const frames = Array.from({ length: count }, (_, i) => start + i);
      const pixels = frames.map((frame) => (frame < 9 ? usual! : strange!).read(frame, 1));
      return Buffer.concat(await Promise.all(pixels));
    },
  };
  return { source, labels: Uint8Array.from({ length: 14 }, (_, frame) => (frame < 9 ? 0 : 1)) };
}
const clips = [spliced(1), spliced(2)];
const labelled: ValidationData = { ...NO_VALIDATION, clips };

async function trained(validation?: ValidationData) {
  let state: TensorDataMap = {};
  const losses: number[] = [];
  const { metrics } = await trainDetector({
    ...{ detector, device, signal, clips: trainingClips, resumeFrom: null },
    ...(validation && { validation }),
    onProgress: (at) => losses.push(at.losses.loss),
    onCheckpoint: async (checkpoint) => {
      state = checkpoint.state;
    },
    clock: () => 0,
  });
  const bits = Object.entries(state).map(([name, { data }]) => [
    name,
    sha256([new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ]);
  return { state, metrics, losses, bits };
}

describe("validation", () => {
  it("leaves every trained bit and every loss as they are without it", async () => {
    const plain = await trained();
    const validated = await trained({ ...labelled, calibration });
    expect(validated.bits).toEqual(plain.bits);
    expect(validated.losses).toEqual(plain.losses);
    expect(plain.metrics.epochs[0]).toMatchObject({ validationAuroc: null, calibrationLoss: null });
    expect(validated.metrics.epochs[0]!.validationAuroc).toBeTypeOf("number");
  });

  it("is MNAD's protocol on the clips: frozen memory, per-clip min–max, the published mix, all frames together", async () => {
    const { state } = await trained();
    const { validationAuroc, calibrationLoss } = await validate(detector, device, state, labelled, signal);
    expect(calibrationLoss).toBeNull();
    const scorer = await openScorer({ detector, state, device, memory: "FROZEN" });
    const scores: number[] = [];
    const labels: number[] = [];
    for (const { source, labels: truth } of clips) {
      const psnr: number[] = [];
      const distance: number[] = [];
      for await (const { lanes, frameIndex } of scorer.scoreClip(source)) {
        psnr.push(Math.fround(lanes.PSNR));
        distance.push(Math.fround(lanes.FEATURE_DISTANCE!));
        labels.push(truth[frameIndex]!);
      }
      scores.push(...mixNormality(psnr, distance, 0.6).map((normality) => 1 - normality));
    }
    await scorer.dispose();
    expect(validationAuroc).toBe(auroc(scores, labels).value);
  });

  it("is the mean squared error of the calibration frames where no clip is labelled, on the pixel loss's scale", async () => {
    const { state, metrics } = await trained();
    const data = { ...NO_VALIDATION, calibration };
    const figures = await validate(detector, device, state, data, signal);
    expect(figures.validationAuroc).toBeNull();
    const scorer = await openScorer({ detector, state, device, memory: "FROZEN" });
    let sum = 0;
    for await (const { lanes } of scorer.scoreClip(calibration[0]!.source)) sum += lanes.PREDICTION_ERROR;
    await scorer.dispose();
    expect(figures.calibrationLoss).toBeCloseTo((4 * sum) / 8, 12);
    expect(figures.calibrationLoss! / metrics.epochs.at(-1)!.pixelLoss).toBeLessThan(10);
  });

  it("measures the loss beside the AUROC where that is monitored, and refuses to monitor one class", async () => {
    const monitoring = tinyDetector({ monitor: "CALIBRATION_LOSS" });
    const { state } = await trained();
    const figures = await validate(monitoring, device, state, { ...labelled, calibration }, signal);
    expect([typeof figures.validationAuroc, typeof figures.calibrationLoss]).toEqual(["number", "number"]);
    const normal = clips.map(({ source }) => ({ source, labels: new Uint8Array(14) }));
    const refused = () =>
      requireMonitored(tinyDetector({ monitor: "VALIDATION_AUROC" }), { ...labelled, clips: normal });
    expect(refused).toThrow(/must hold both normal and abnormal frames/);
  });

  it("learns the background error of held-out pictures where the score is of errors corrected by it", async () => {
    const pictures = tinyDetectorOf("PMB", { grid: 1, items: 4 });
    const state = pictures.initialState(1);
    const data: ValidationData = { ...labelled, normalization: "GLOBAL", calibration };
    const { validationAuroc } = await validate(pictures, device, state, data, signal);
    const frozen = { detector: pictures, state, device, memory: "FROZEN" } as const;
    const unlearned = await openScorer(frozen);
    const backgroundError = await learnBackgroundError(unlearned, calibration, signal);
    await unlearned.dispose();
    const scorer = await openScorer({ ...frozen, backgroundError });
    const scores: number[] = [];
    for (const { source } of clips) {
      for await (const { lanes } of scorer.scoreClip(source))
        scores.push(Math.fround(lanes.CORRECTED_ERROR!));
    }
    await scorer.dispose();
    const truth = clips.flatMap(({ labels }) => [...labels]);
    expect(validationAuroc).toBe(auroc(scores, truth).value);
    const monitoring = tinyDetectorOf("PMB", { grid: 1, items: 4, monitor: "VALIDATION_AUROC" });
    expect(() => requireMonitored(monitoring, labelled)).toThrow(/to learn the background error from/);
    expect(() => requireMonitored(monitoring, data)).not.toThrow();
  });
});
