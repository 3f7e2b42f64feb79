import { randomUUID } from "node:crypto";
import { calibrationSchema, jobResultSchemas } from "@engram/core";
import { type Job, listJobEvents, listScoredClipIds, requestJobCancel } from "@engram/db";
import { startTestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ingestScene, newScoringRun, trainInputOf, writeSmallScene } from "./testing/pipeline.ts";
import { ingestInput, type Rig, smallHyperparameters, startRig } from "./testing/rig.ts";
import {
  isAlive,
  type JobWatch,
  startWorkerProcess,
  type WorkerProcess,
  watchJobs,
} from "./testing/worker-process.ts";

let rig: Rig;
let jobs: JobWatch;
let worker: WorkerProcess;
let scene: string;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  jobs = await watchJobs(rig);
  scene = await ingestScene(rig, "shared-scene");
  worker = await startWorkerProcess(rig);
});
afterAll(async () => {
  await worker?.stop();
  await jobs?.close();
  await rig?.close();
});

async function submit(kind: Job["kind"], input: unknown): Promise<Job> {
  const job = await rig.createJob(kind, input);
  await jobs.queue.enqueue(job);
  return job;
}

const isIn = (state: Job["state"]) => (job: Job) => job.state === state;
/** Progress is throttled: a quick epoch may never be seen, so what is waited for is that it has been reached. */
const hasReachedEpoch = (epoch: number) => (job: Job) =>
  ((job.figures as { epoch?: number } | null)?.epoch ?? 0) >= epoch;

/** Enough to be interrupted on a quick machine, few enough to be finished on a slow one. */
const LONG_ENOUGH_EPOCHS = 16;

async function longTraining(epochs: number) {
  return trainInputOf(rig, scene, { hyperparameters: smallHyperparameters({ epochs }) });
}

describe("a worker", () => {
  it("takes a folder to an evaluated scoring run and an exported model, job by job", async () => {
    const path = await writeSmallScene(rig, "whole-way", { trainingFrames: 60 });
    const imported = await submit("INGEST", ingestInput(path, { datasetSlug: "whole-way" }));
    const { result } = await jobs.until(imported.id, isIn("SUCCEEDED"));
    const { datasetVersionId } = jobResultSchemas.INGEST.parse(result);
    if (datasetVersionId === null) throw new Error("Nothing was imported.");

    const training = await submit("TRAIN", await trainInputOf(rig, datasetVersionId));
    const trained = await jobs.until(training.id, isIn("SUCCEEDED"));
    expect(trained.device).toBe("onnx-cpu");
    const { modelVersionId } = jobResultSchemas.TRAIN.parse(trained.result);
    const model = await rig.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } });
    expect(calibrationSchema.parse(model.calibration).frameCount).toBeGreaterThanOrEqual(4);

    const { job, run } = await newScoringRun(rig, model, datasetVersionId);
    await jobs.queue.enqueue(job);
    const scored = await jobs.until(job.id, isIn("SUCCEEDED"));
    expect(jobResultSchemas.SCORE.parse(scored.result).millisecondsPerFrame).toBeGreaterThan(0);
    expect(await rig.db.prisma.scoringRun.findUniqueOrThrow({ where: { id: run.id } })).toMatchObject({
      state: "COMPLETE",
      evaluation: expect.objectContaining({ frameAuroc: expect.anything() }),
    });

    const evaluation = await submit("EVALUATE", { scoringRunId: run.id });
    await jobs.until(evaluation.id, isIn("SUCCEEDED"));
    expect((await listScoredClipIds(rig.db, run.id)).length).toBeGreaterThan(0);

    const exporting = await submit("EXPORT", { modelVersionId, format: "ONNX" });
    const exported = await jobs.until(exporting.id, isIn("SUCCEEDED"));
    expect(await rig.blobs.has(jobResultSchemas.EXPORT.parse(exported.result).bundleHash)).toBe(true);
  });

  it("cancels a running training within a step, and leaves no checkpoint", async () => {
    const training = await submit("TRAIN", await longTraining(1000));
    const { resume } = await jobs.until(training.id, hasReachedEpoch(2));
    const askedAt = performance.now();
    await requestJobCancel(rig.db, rig.owner.projectId, training.id);
    const canceled = await jobs.until(training.id, isIn("CANCELED"));
    expect(performance.now() - askedAt).toBeLessThan(10_000);
    expect(canceled.errorCode).toBeNull();
    const next = await submit("EXPORT", { modelVersionId: randomUUID(), format: "ONNX" });
    await jobs.until(next.id, isIn("FAILED"));
    const { checkpointHash } = resume as { checkpointHash: string };
    expect(await rig.blobs.has(checkpointHash)).toBe(false);
    // The row forgets its last checkpoint once that is gone.
    expect(await jobs.until(training.id, isIn("CANCELED"))).toMatchObject({ resume: null });
  });

  it("tries again after its child was killed, from the last checkpoint", async () => {
    const training = await submit("TRAIN", await longTraining(LONG_ENOUGH_EPOCHS));
    await jobs.until(training.id, hasReachedEpoch(3));
    for (const pid of worker.jobPids()) process.kill(pid, "SIGKILL");
    const again = await jobs.until(training.id, (job) => job.attempt === 2 && job.phase === "train");
    expect((again.figures as { epoch: number }).epoch).toBeGreaterThan(1);
    const done = await jobs.until(training.id, isIn("SUCCEEDED"));
    expect(done.attempt).toBe(2);
    const log = await listJobEvents(rig.db, rig.owner.projectId, training.id);
    expect(log.map(({ toState }) => toState)).toEqual([
      ...["QUEUED", "STARTING", "RUNNING", "QUEUED", "STARTING", "RUNNING", "SUCCEEDED"],
    ]);
  });

  it("fails at once, in a sentence, where the input is at fault", async () => {
    const outside = await submit("INGEST", ingestInput("/etc"));
    const refused = await jobs.until(outside.id, isIn("FAILED"));
    expect(refused).toMatchObject({ errorCode: "FORBIDDEN", attempt: 1 });
    expect(refused.errorMessage).toContain("ENGRAM_IMPORT_ROOTS");
    const exported = await submit("EXPORT", { modelVersionId: randomUUID(), format: "ONNX" });
    const unknown = await jobs.until(exported.id, isIn("FAILED"));
    expect(unknown).toMatchObject({ errorCode: "NOT_FOUND", attempt: 1 });
    expect(unknown.errorMessage).toContain("model version");
  });

  it("runs a queued job whose queue entry was lost", async () => {
    const path = await writeSmallScene(rig, "lost-entry", { trainingFrames: 6, testFrames: 6 });
    const job = await rig.createJob("INGEST", ingestInput(path, { datasetSlug: "lost-entry" }));
    await jobs.until(job.id, isIn("SUCCEEDED"));
  });

  it("gives its job back when it is stopped, for the next worker to go on with", async () => {
    const training = await submit("TRAIN", await longTraining(LONG_ENOUGH_EPOCHS));
    await jobs.until(training.id, hasReachedEpoch(3));
    expect(await worker.stop()).toBe(0);
    expect(await jobs.until(training.id, isIn("QUEUED"))).toMatchObject({ attempt: 2 });
    worker = await startWorkerProcess(rig);
    const done = await jobs.until(training.id, isIn("SUCCEEDED"));
    expect(done.attempt).toBe(2);
  });

  it("ends with its parent, and its children with it", async () => {
    const training = await submit("TRAIN", await longTraining(1000));
    await jobs.until(training.id, hasReachedEpoch(2));
    const pids = worker.jobPids();
    expect(pids).toHaveLength(1);
    await worker.stop("SIGKILL");
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 20_000 });
  });
});
