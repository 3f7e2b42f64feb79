import { type JobProgress, type TrainInput, trainingMetricsSchema, trainResumeSchema } from "@engram/core";
import { findJobAnywhere, type Job, type ModelVersion } from "@engram/db";
import { MANIFEST_FILE, modelCheckpointFiles, openTrainingCheckpoint } from "@engram/detectors";
import { startTestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestScene, trainInputOf } from "../../testing/pipeline.ts";
import { type Rig, smallHyperparameters, startRig } from "../../testing/rig.ts";
import { removeLeftovers } from "../leftovers.ts";
import { train } from "./handler.ts";

let rig: Rig;
let scene: string;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  scene = await ingestScene(rig, "scene");
  const { projectId } = rig.owner;
  const [clip] = await rig.db.prisma.clip.findMany({
    where: { projectId, split: "TEST", frameLabels: { abnormalCount: { gt: 0 } } },
  });
  await rig.db.prisma.clip.update({ where: { id: clip!.id }, data: { split: "VALIDATION" } });
});
afterAll(() => rig.close());

async function claimed(input: TrainInput): Promise<Job> {
  return rig.claimJob(await rig.createJob("TRAIN", input));
}

async function trained(job: Job, input: TrainInput): Promise<ModelVersion> {
  const { modelVersionId } = await train(await rig.contextOf(job), input);
  return rig.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } });
}

/** No AUROC is better than another by more than 1: the first epoch stays the best, and the second is the last. */
const monitored = () =>
  trainInputOf(rig, scene, {
    hyperparameters: smallHyperparameters({
      ...{ epochs: 3, monitor: "VALIDATION_AUROC", patience: 1, minimumDelta: 1 },
    }),
  });

const figuresOf = (version: ModelVersion) => {
  const { epochs, best, earlyStop, modelEpoch } = trainingMetricsSchema.parse(version.metrics);
  return {
    epochs: epochs.map(({ seconds, inputWaitSeconds, ...figures }) => figures),
    ...{ best, earlyStop, modelEpoch },
  };
};

describe("a training with labelled validation clips", () => {
  let whole: ModelVersion;

  it("stops by their AUROC; the best epoch is the model, and both its checkpoint and the last are kept", async () => {
    const input = await monitored();
    const job = await claimed(input);
    const version = await trained(job, input);
    whole = version;
    const { epochs, best, earlyStop, modelEpoch } = figuresOf(version);
    expect(epochs).toHaveLength(2);
    expect(best).toEqual({ monitor: "VALIDATION_AUROC", epoch: 0, value: epochs[0]!.validationAuroc });
    expect(earlyStop).toMatchObject({ epoch: 1, reason: expect.stringContaining("validation AUROC") });
    expect(modelEpoch).toBe(0);

    await removeLeftovers(rig.db, rig.blobs, { ...job, ...(await findJobAnywhere(rig.db, job.id)) });
    const open = async (hash: string | null) => openTrainingCheckpoint(await rig.blobs.openFolder(hash!));
    const [bestOne, last] = [await open(version.bestCheckpointHash), await open(version.lastCheckpointHash)];
    expect([bestOne.position.epoch, last.position.epoch]).toEqual([1, 2]);
    const files = modelCheckpointFiles(bestOne.detector, await bestOne.readState());
    expect((await rig.blobs.putFolder(files, MANIFEST_FILE)).hash).toBe(version.checkpointHash);
  });

  it("comes to the same when it is killed after its best epoch", async () => {
    const input = await monitored();
    const job = await claimed(input);
    const stop = new AbortController();
    const reports: JobProgress[] = [];
    const report = (progress: JobProgress) => {
      reports.push(progress);
      if (progress.phase === "train" && progress.figures.epoch === 2) stop.abort();
    };
    await expect(train(await rig.contextOf(job, { report, signal: stop.signal }), input)).rejects.toThrow();
    const { resume = null } = (await findJobAnywhere(rig.db, job.id)) ?? {};
    const kept = trainResumeSchema.parse(resume);
    expect(kept.epochs).toHaveLength(1);
    expect(kept.bestCheckpointHash).toBe(kept.checkpointHash);
    expect(reports.at(-1)?.figures).toMatchObject({
      validationAuroc: kept.epochs[0]!.validationAuroc,
      ...{ bestEpoch: 1, epochsSinceBest: 0 },
    });
    const resumed = await trained({ ...job, resume }, input);
    expect(resumed.checkpointHash).toBe(whole.checkpointHash);
    expect(figuresOf(resumed)).toEqual(figuresOf(whole));
  });

  it("trains on none of their frames, and tells the calibration loss where there are none", async () => {
    const input = await trainInputOf(rig, scene);
    const withClips = figuresOf(await trained(await claimed(input), input));
    await rig.db.prisma.clip.updateMany({ where: { split: "VALIDATION" }, data: { split: "TEST" } });
    const without = figuresOf(await trained(await claimed(input), input));
    const unmeasured = { validationAuroc: null, calibrationLoss: null };
    expect(without.epochs.map((epoch) => ({ ...epoch, ...unmeasured }))).toEqual(
      withClips.epochs.map((epoch) => ({ ...epoch, ...unmeasured })),
    );
    expect(withClips.epochs[0]).toMatchObject({ calibrationLoss: null });
    expect(without.epochs[0]).toMatchObject({ validationAuroc: null, calibrationLoss: expect.any(Number) });
    await expect(trained(await claimed(await monitored()), await monitored())).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining("no labelled validation clips"),
    });
  });
});
