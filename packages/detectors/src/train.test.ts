import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type TrainingMetrics, trainingPositionSchema } from "@engram/core";
import { type Device, openDevice, type TensorDataMap, tensorBytes } from "@engram/engine";
import { type BlobStore, createBlobStore } from "@engram/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MANIFEST_FILE, sha256 } from "./checkpoint/files.ts";
import { openTrainingCheckpoint } from "./checkpoint/read.ts";
import { trainingCheckpointFiles } from "./checkpoint/write.ts";
import { MEMORY } from "./mnad/state.ts";
import { movingSquare, wholeClip } from "./testing/moving-square.ts";
import { tinyDetector } from "./testing/tiny.ts";
import { trainingClips } from "./testing/training-clips.ts";
import { type TrainingOptions, type TrainingProgress, trainDetector } from "./train.ts";
import type { ResumePoint, TrainingCheckpoint } from "./training-position.ts";

let device: Device;
let folder: string;
let store: BlobStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "engram-train-"));
  store = createBlobStore(folder);
  device = await openDevice("onnx-cpu");
});
afterAll(async () => {
  await device.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function run(overrides: Partial<TrainingOptions> = {}) {
  const progress: TrainingProgress[] = [];
  const checkpoints: TrainingCheckpoint[] = [];
  const result = await trainDetector({
    detector: tinyDetector(),
    device,
    clips: trainingClips,
    signal: new AbortController().signal,
    resumeFrom: null,
    onProgress: (at) => progress.push(at),
    onCheckpoint: async (checkpoint) => {
      checkpoints.push(checkpoint);
    },
    readBest: async () => checkpoints.findLast(({ isBest }) => isBest)!.state,
    clock: () => 0,
    ...overrides,
  });
  // The last checkpoint is written after the last step.
  return { ...result, progress, checkpoints, state: checkpoints.at(-1)!.state };
}

async function save(checkpoint: TrainingCheckpoint, detector = tinyDetector()): Promise<string> {
  const files = trainingCheckpointFiles(detector, checkpoint);
  return (await store.putFolder(files, MANIFEST_FILE)).hash;
}

async function reopened(checkpoint: TrainingCheckpoint, detector = tinyDetector()): Promise<ResumePoint> {
  return openTrainingCheckpoint(await store.openFolder(await save(checkpoint, detector)));
}

const bytesOf = (state: TensorDataMap) =>
  Object.entries(state)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
    ]);

describe("a training run", () => {
  it("lowers the loss, anneals the rate, and accounts for every step", async () => {
    const detector = tinyDetector({ epochs: 6 });
    const { progress, checkpoints, metrics, model, state } = await run({ detector });
    expect(metrics.epochs).toHaveLength(6);
    expect(metrics.steps).toBe(24);
    expect(progress).toHaveLength(24);
    expect(progress.at(-1)).toMatchObject({ epoch: 5, epochs: 6, step: 4, stepsPerEpoch: 4 });
    expect(metrics.epochs[5]!.pixelLoss).toBeLessThan(0.6 * metrics.epochs[0]!.pixelLoss);
    expect(metrics.epochs.map(({ learningRate }) => learningRate)).toEqual(
      metrics.epochs.map((_, e) => 1e-3 * (1 + Math.cos((Math.PI * e) / 6))),
    );
    const ofEpoch = progress.slice(8, 12).map(({ losses }) => losses.loss);
    expect(metrics.epochs[2]!.loss).toBe(ofEpoch.reduce((sum, loss) => sum + loss, 0) / 4);
    expect(checkpoints.map(({ position }) => [position.epoch, position.step])).toEqual(
      [1, 2, 3, 4, 5, 6].map((epoch) => [epoch, 0]),
    );
    expect(metrics.parameterCount).toBe(detector.parameterCount);
    expect(bytesOf(model)).toEqual(bytesOf(detector.deployable(state)));
    for (const { data } of Object.values(state)) expect(data.every(Number.isFinite)).toBe(true);
  });

  it("trains every parameter but the biases that normalization cancels, and moves the memory and the statistics", async () => {
    const detector = tinyDetector({ epochs: 1 });
    const { state } = await run({ detector });
    const initial = detector.initialState(detector.hyperparameters.seed);
    for (const [name, { data }] of Object.entries(initial)) {
      const isCancelled = name.endsWith("/bias") && `${name.slice(0, -4)}gamma` in initial;
      const isSame = Buffer.from(data.buffer).equals(Buffer.from(state[name]!.data.buffer));
      expect([name, isSame]).toEqual([name, isCancelled]);
    }
    const items = state[MEMORY]!.data;
    for (let m = 0; m < 3; m++) expect(Math.hypot(...items.subarray(32 * m, 32 * m + 32))).toBeCloseTo(1, 5);
  });

  it("adds loss = pixel + 0.1 · compactness + 0.1 · separateness", async () => {
    const { progress } = await run({ detector: tinyDetector({ epochs: 1 }) });
    for (const { losses } of progress) {
      expect(losses.loss).toBeCloseTo(
        losses.pixelLoss + 0.1 * losses.compactness! + 0.1 * losses.separateness!,
        5,
      );
    }
  });

  it("shuffles by its seed", async () => {
    const [a, b] = [await run(), await run({ detector: tinyDetector({ seed: 9 }) })];
    expect(b.progress).not.toEqual(a.progress);
  });

  it("trains grey and colour clips together", async () => {
    const colour = wholeClip(movingSquare({ size: 16, frameCount: 8, channels: 3 }));
    const { metrics } = await run({
      clips: [...trainingClips, colour],
      detector: tinyDetector({ epochs: 1 }),
    });
    expect(metrics.steps).toBe(6);
  });
});

describe("a resumed run", () => {
  it("reaches the same numbers bit for bit, from the middle and from the end of an epoch", async () => {
    const whole = await run();
    // Each reading of this clock is a minute later: a checkpoint falls inside every epoch.
    let minutes = 0;
    const { checkpoints } = await run({ clock: () => 60_000 * minutes++ });
    const middle = checkpoints.find(({ position }) => position.step > 0)!;
    const end = checkpoints.find(({ position }) => position.epoch === 1 && position.step === 0)!;
    for (const checkpoint of [middle, end]) {
      const resumed = await run({ resumeFrom: await reopened(checkpoint) });
      expect(bytesOf(resumed.state)).toEqual(bytesOf(whole.state));
      const { epoch, step } = checkpoint.position;
      const losses = (progress: TrainingProgress[]) => progress.map(({ losses }) => losses);
      expect(losses(resumed.progress)).toEqual(losses(whole.progress).slice(4 * epoch + step));
      const means = resumed.metrics.epochs.map(({ seconds, inputWaitSeconds, ...figures }) => figures);
      expect(means).toEqual(whole.metrics.epochs.map(({ seconds, inputWaitSeconds, ...figures }) => figures));
    }
  });

  it("reaches them in another process too", async () => {
    const { checkpoints, state, progress } = await run();
    const hash = await save(checkpoints[0]!);
    const path = join(folder, hash.slice(0, 2), hash.slice(2, 4), hash);
    const script = fileURLToPath(new URL("testing/resume-process.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(execPath, ["--import", "tsx", script, path, hash]);
    const hashes = Object.entries(state).map(([name, tensor]) => [name, sha256([tensorBytes(tensor)])]);
    expect(JSON.parse(stdout)).toEqual({
      losses: progress.slice(4).map(({ losses }) => losses),
      tensors: Object.fromEntries(hashes),
    });
  });

  it("reaches them from the middle of an augmented epoch, and whatever the number of input threads", async () => {
    const detector = tinyDetector({ epochs: 1, shiftPixels: 2, flipHorizontal: true, flipVertical: true });
    const whole = await run({ detector });
    let minutes = 0;
    const { checkpoints } = await run({ detector, inputThreads: 2, clock: () => 60_000 * minutes++ });
    expect(bytesOf(checkpoints.at(-1)!.state)).toEqual(bytesOf(whole.state));
    const middle = checkpoints.find(({ position }) => position.epoch === 0)!;
    const resumeFrom = await reopened(middle, detector);
    const resumed = await run({ detector, inputThreads: 1, resumeFrom });
    expect(bytesOf(resumed.state)).toEqual(bytesOf(whole.state));
  }, 120_000);

  it("goes on from a position of a version that told nothing of memory, input and validation", async () => {
    const whole = await run();
    let minutes = 0;
    const { checkpoints } = await run({ clock: () => 60_000 * minutes++ });
    const { state, position } = checkpoints.find((checkpoint) => checkpoint.position.step > 0)!;
    const { inputWaitSeconds, itemShareSums, ...known } = position;
    const old = JSON.parse(JSON.stringify(known), (key, value) =>
      ["inputWaitSeconds", "memory", "validationAuroc", "calibrationLoss"].includes(key) ? undefined : value,
    );
    const parsed = trainingPositionSchema.parse(old);
    const resumed = await run({ resumeFrom: { position: parsed, readState: async () => state } });
    expect(bytesOf(resumed.state)).toEqual(bytesOf(whole.state));
    expect(resumed.metrics.epochs[0]!.loss).toBe(whole.metrics.epochs[0]!.loss);
    expect(resumed.metrics.epochs[1]!.memory).toEqual(whole.metrics.epochs[1]!.memory);
  });

  it("refuses a checkpoint of other clips", async () => {
    const { checkpoints } = await run({ detector: tinyDetector({ epochs: 1 }) });
    const resumed = run({ resumeFrom: await reopened(checkpoints[0]!), clips: trainingClips.slice(0, 1) });
    await expect(resumed).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

describe("what a training run tells of its memory", () => {
  it("is the share of the epoch's queries by item, so far and at its end", async () => {
    const { progress, metrics } = await run();
    const { memory } = metrics.epochs[1]!;
    expect(memory?.items).toBe(3);
    expect(memory?.shares?.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(progress.at(-1)!.memory).toEqual(memory);
    // 2 windows of 2×2 queries a step: the shares of 4 steps are whole 32nds.
    for (const share of memory!.shares!) expect((32 * share) % 1).toBe(0);
  });
});

describe("a training run that monitors a figure", () => {
  const detector = tinyDetector({ epochs: 6, monitor: "LOSS", patience: 2, minimumDelta: 10 });
  const withoutTimes = (metrics: TrainingMetrics) =>
    metrics.epochs.map(({ seconds, inputWaitSeconds, ...figures }) => figures);

  it("stops when it no longer improves, says why, and gives the best epoch's model", async () => {
    const { metrics, checkpoints, model } = await run({ detector });
    expect(metrics).toMatchObject({
      modelEpoch: 0,
      best: { monitor: "LOSS", epoch: 0, value: metrics.epochs[0]!.loss },
      earlyStop: { epoch: 2, reason: expect.stringContaining("did not improve in the last 2 epochs") },
      steps: 12,
    });
    expect(checkpoints.map(({ isBest }) => isBest)).toEqual([true, false, false]);
    expect(bytesOf(model)).toEqual(bytesOf(detector.deployable(checkpoints[0]!.state)));
  });

  it("comes to the same best epoch, end and model when it was killed on the way", async () => {
    const whole = await run({ detector });
    let minutes = 0;
    const { checkpoints } = await run({ detector, clock: () => 60_000 * minutes++ });
    const middle = checkpoints.find(({ position }) => position.epoch === 1 && position.step > 0)!;
    const end = checkpoints.find(({ position }) => position.epoch === 2 && position.step === 0)!;
    for (const checkpoint of [middle, end]) {
      const resumed = await run({
        detector,
        resumeFrom: await reopened(checkpoint, detector),
        readBest: async () => checkpoints.find(({ isBest }) => isBest)!.state,
      });
      expect(bytesOf(resumed.model)).toEqual(bytesOf(whole.model));
      expect(withoutTimes(resumed.metrics)).toEqual(withoutTimes(whole.metrics));
      const { best, earlyStop, modelEpoch } = whole.metrics;
      expect(resumed.metrics).toMatchObject({ best, earlyStop, modelEpoch });
    }
  });

  it("gives the last epoch's model where that is the best, having run through", async () => {
    const improving = tinyDetector({ epochs: 2, monitor: "LOSS", patience: 2 });
    const { metrics, model, state } = await run({ detector: improving });
    expect(metrics).toMatchObject({ modelEpoch: 1, earlyStop: null });
    expect(bytesOf(model)).toEqual(bytesOf(improving.deployable(state)));
  });

  it("is refused before its first step where the figure cannot be measured", async () => {
    for (const monitor of ["VALIDATION_AUROC", "CALIBRATION_LOSS"] as const) {
      await expect(run({ detector: tinyDetector({ monitor }) })).rejects.toMatchObject({
        code: "BAD_INPUT",
        field: "hyperparameters.monitor",
      });
    }
  });
});

describe("the end of a training run", () => {
  it("comes within one step of cancelation", async () => {
    const controller = new AbortController();
    let steps = 0;
    const canceled = run({
      signal: controller.signal,
      onProgress: () => {
        steps++;
        if (steps === 2) controller.abort();
      },
    });
    await expect(canceled).rejects.toMatchObject({ code: "CANCELED" });
    expect(steps).toBe(2);
  });

  it("comes at the first loss that is not finite, naming the step", async () => {
    const diverging = run({
      detector: tinyDetector({ learningRate: 1, epochs: 1 }),
      device: withNaN(device, 3),
    });
    await expect(diverging).rejects.toMatchObject({
      code: "TRAINING_DIVERGED",
      message: expect.stringContaining("step 3 of 4 in epoch 1"),
    });
  });

  it("is an error that says what is missing where there is too little to train on", async () => {
    await expect(run({ clips: [] })).rejects.toMatchObject({ code: "NO_TRAINING_CLIPS" });
    const short = [wholeClip(movingSquare({ size: 16, frameCount: 5 }))];
    await expect(run({ clips: short })).rejects.toMatchObject({
      code: "CLIP_TOO_SHORT",
      message: expect.stringContaining("1 window"),
    });
  });

  it("is an error that names the clip whose frames are not of the detector's size", async () => {
    const wrong = [wholeClip(movingSquare({ name: "wide", size: 24, frameCount: 9 }))];
    await expect(run({ clips: wrong })).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining('"wide"'),
    });
  });
});

/** The device, its training state spoilt before the given step. */
function withNaN(inner: Device, badStep: number): Device {
  return {
    id: inner.id,
    kind: inner.kind,
    description: inner.description,
    dispose: () => inner.dispose(),
    async compile(step, state) {
      const program = await inner.compile(step, state);
      return {
        outputs: program.outputs,
        async run(batch, scalars) {
          if (scalars?.stepNumber === badStep) {
            const spoilt = await program.readState();
            spoilt["conv1.1/gamma"]!.data.fill(Number.NaN);
            await program.writeState(spoilt);
          }
          return program.run(batch, scalars);
        },
        readState: () => program.readState(),
        writeState: (data) => program.writeState(data),
        dispose: () => program.dispose(),
      };
    },
  };
}
