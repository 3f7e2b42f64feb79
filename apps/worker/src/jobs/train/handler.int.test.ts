import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { calibrationSchema, type JobProgress, type TrainInput, trainingMetricsSchema } from "@engram/core";
import { findJobAnywhere, type Job } from "@engram/db";
import { startTestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestScene, trainInputOf, trainModel } from "../../testing/pipeline.ts";
import { type Rig, smallHyperparameters, startRig } from "../../testing/rig.ts";
import { train } from "./handler.ts";

let rig: Rig;
let scene: string;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  scene = await ingestScene(rig, "scene");
});
afterAll(() => rig.close());

describe("train", () => {
  it("makes a model version with metrics, calibrated on held-out frames, and reports every phase", async () => {
    const input = await trainInputOf(rig, scene);
    const context = await rig.contextOf(await rig.claimJob(await rig.createJob("TRAIN", input)));
    const { modelVersionId } = await train(context, input);
    const version = await rig.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } });
    const calibration = calibrationSchema.parse(version.calibration);
    expect(calibration.source).toBe("CALIBRATION_FRAMES");
    expect(calibration.frameCount).toBe(2);
    expect(trainingMetricsSchema.parse(version.metrics).epochs).toHaveLength(1);
    expect(await rig.blobs.has(version.checkpointHash)).toBe(true);
    expect([...new Set(context.reports.map(({ phase }) => phase))]).toEqual(["decode", "train", "calibrate"]);
    const step = context.reports.findLast(({ phase }) => phase === "train");
    expect(step?.done).toBe(step?.total);
    expect(step?.figures.loss).toBeTypeOf("number");
  });

  const ofTwoEpochs = () =>
    trainInputOf(rig, scene, { hyperparameters: smallHyperparameters({ epochs: 2 }) });

  /** A job that was stopped in its second epoch, as its next attempt finds it. */
  async function cutOff(input: TrainInput): Promise<Job> {
    const job = await rig.claimJob(await rig.createJob("TRAIN", input));
    const stop = new AbortController();
    const report = ({ phase, figures }: JobProgress) => {
      if (phase === "train" && figures.epoch === 2) stop.abort();
    };
    await expect(train(await rig.contextOf(job, { report, signal: stop.signal }), input)).rejects.toThrow();
    const { resume = null } = (await findJobAnywhere(rig.db, job.id)) ?? {};
    expect(resume).not.toBeNull();
    return { ...job, resume };
  }

  it("resumes from the last checkpoint to the same weights as without the interruption", async () => {
    const input = await ofTwoEpochs();
    const whole = await trainModel(rig, input);
    const context = await rig.contextOf(await cutOff(input));
    const { modelVersionId } = await train(context, input);
    const resumed = await rig.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } });
    expect(resumed.checkpointHash).toBe(whole.checkpointHash);
    const epochs = context.reports
      .filter(({ phase }) => phase === "train")
      .map(({ figures }) => figures.epoch);
    expect(new Set(epochs)).toEqual(new Set([2]));
  });

  it("refuses a damaged checkpoint with the name of the tensor, and goes on once that is whole again", async () => {
    const input = await ofTwoEpochs();
    const job = await cutOff(input);
    const { checkpointHash: hash } = job.resume as { checkpointHash: string };
    const folder = join(rig.storageUrl, hash.slice(0, 2), hash.slice(2, 4), hash);
    const optimizer = join(folder, "optimizer.safetensors");
    const whole = await readFile(optimizer);
    await writeFile(optimizer, whole.subarray(0, whole.length - 1));
    await expect(train(await rig.contextOf(job), input)).rejects.toMatchObject({
      code: "CORRUPT_CHECKPOINT",
      message: expect.stringMatching(/tensor "adam\.v\/.*" in optimizer\.safetensors is truncated\.$/),
    });
    await writeFile(optimizer, whole);
    await train(await rig.contextOf(job), input);
  });

  it("says TRAINING_FRAMES where nothing was held out", async () => {
    const version = await trainModel(rig, await trainInputOf(rig, scene, { calibration: "NONE" }));
    expect(calibrationSchema.parse(version.calibration).source).toBe("TRAINING_FRAMES");
  });

  it("refuses a version whose training clips are all shorter than a window, or that has none", async () => {
    const short = await ingestScene(rig, "short", { trainingFrames: 4, testFrames: 6 });
    await expect(trainModel(rig, await trainInputOf(rig, short))).rejects.toMatchObject({
      code: "CLIP_TOO_SHORT",
    });
    await rig.db.prisma.clip.deleteMany({ where: { datasetVersionId: short, split: "TRAIN" } });
    await expect(trainModel(rig, await trainInputOf(rig, short))).rejects.toMatchObject({
      code: "NO_TRAINING_CLIPS",
    });
  });
});
