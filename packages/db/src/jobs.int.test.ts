import {
  buildClip,
  buildDatasetVersion,
  buildJob,
  buildModelVersion,
  buildProject,
  buildScoringRun,
  startTestDatabase,
} from "@engram/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { beginDatasetVersion } from "./dataset-repository.ts";
import { listScoredClipIds, writeClipScores } from "./frame-score-repository.ts";
import { recoverLostJobs } from "./job-recovery.ts";
import {
  claimJob,
  createJob,
  findJob,
  giveUpJob,
  handBackJob,
  heartbeatJob,
  listJobEvents,
  listQueuedJobs,
  type NewJob,
  requestJobCancel,
  saveJobResume,
  updateJobProgress,
} from "./job-repository.ts";
import { transitionJob } from "./job-transition.ts";
import type { Job } from "./rows.ts";
import type { ScoreBlock } from "./score-tables.ts";

const { db, close } = await startTestDatabase();
const project = await buildProject(db);
afterAll(close);

const worker = { workerId: "worker-1" };
const failure = { errorCode: "COMPUTE_CRASHED", errorMessage: "It broke.", isRetryable: true } as const;

async function buildRunningJob(given: Parameters<typeof buildJob>[2] = {}): Promise<Job> {
  const { id } = await buildJob(db, project, given);
  await claimJob(db, { id }, worker);
  const running = await transitionJob(db, { id }, ["STARTING"], "RUNNING", { device: "onnx-cpu" });
  if (running === null) throw new Error("The job did not start.");
  return running;
}

const stateOf = async (id: string) => (await findJob(db, project.id, id))?.state;

describe("submitting a job", () => {
  const submission: NewJob = {
    ...{ organizationId: project.organizationId, projectId: project.id },
    kind: "TRAIN",
    input: { a: 1 },
  };

  it("gives the existing job to a duplicate submission, also when both come at once", async () => {
    const job = { ...submission, idempotencyKey: "same" };
    const submitted = await Promise.all([1, 2, 3, 4, 5].map(() => createJob(db, job)));
    expect(new Set(submitted.map(({ job }) => job.id)).size).toBe(1);
    expect(submitted.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it("refuses a key that belongs to a job of another kind", async () => {
    await createJob(db, { ...submission, idempotencyKey: "taken" });
    const other = createJob(db, { ...submission, kind: "EXPORT", idempotencyKey: "taken" });
    await expect(other).rejects.toMatchObject({ code: "CONFLICT", field: "idempotencyKey" });
  });

  it("makes nothing where the rows alongside fail", async () => {
    const id = "0196b1f0-0000-7000-8000-000000000001";
    const failing = createJob(db, { ...submission, id }, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await findJob(db, project.id, id)).toBeNull();
  });

  it("returns the row that Prisma reads", async () => {
    const { job } = await createJob(db, submission);
    expect(job).toEqual(await findJob(db, project.id, job.id));
  });
});

describe("a transition", () => {
  it("lets one of many workers claim a job", async () => {
    const { id } = await buildJob(db, project);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, i) => claimJob(db, { id }, { workerId: `worker-${i}` })),
    );
    const won = claims.filter((job) => job !== null);
    expect(won).toHaveLength(1);
    expect(won[0]).toEqual(await findJob(db, project.id, id));
  });

  it("changes nothing where the job is in another state, attempt or project", async () => {
    const { id, revision } = await buildRunningJob();
    const stranger = await buildProject(db);
    expect(await transitionJob(db, { id }, ["STARTING"], "RUNNING")).toBeNull();
    expect(await transitionJob(db, { id, attempt: 2 }, ["RUNNING"], "SUCCEEDED")).toBeNull();
    expect(await transitionJob(db, { id, projectId: stranger.id }, ["RUNNING"], "SUCCEEDED")).toBeNull();
    expect((await findJob(db, project.id, id))?.revision).toBe(revision);
  });

  it("refuses a step that the state machine does not know", async () => {
    const { id } = await buildJob(db, project);
    await expect(transitionJob(db, { id }, ["QUEUED"], "SUCCEEDED")).rejects.toMatchObject({
      code: "INTERNAL",
    });
  });

  it("grows the revision by one and appends a line to the log", async () => {
    const job = await buildRunningJob();
    const done = await transitionJob(db, job, ["RUNNING"], "SUCCEEDED", {
      result: { n: 1 },
      message: "Done.",
    });
    expect(done).toMatchObject({
      revision: job.revision + 1,
      result: { n: 1 },
      finishedAt: expect.any(Date),
    });
    const log = await listJobEvents(db, project.id, job.id);
    expect(log.map(({ fromState, toState }) => `${fromState} ${toState}`)).toEqual([
      "null QUEUED",
      "QUEUED STARTING",
      "STARTING RUNNING",
      "RUNNING SUCCEEDED",
    ]);
    expect(log.at(-1)?.message).toBe("Done.");
  });
});

describe("a job in a worker's hands", () => {
  const progress = {
    phase: "epoch 1",
    done: 3,
    total: 10,
    unit: "steps",
    etaMs: 700,
    figures: { loss: 0.5 },
  };

  it("shows its progress", async () => {
    const job = await buildRunningJob();
    expect(await updateJobProgress(db, job, progress)).toEqual({ state: "RUNNING", cancelRequested: false });
    expect(await findJob(db, project.id, job.id)).toMatchObject({ ...progress, revision: job.revision + 1 });
  });

  it("heartbeats without a new revision", async () => {
    const job = await buildRunningJob();
    expect(await heartbeatJob(db, job)).toEqual({ state: "RUNNING", cancelRequested: false });
    const after = await findJob(db, project.id, job.id);
    expect(after?.revision).toBe(job.revision);
    expect(after?.heartbeatAt?.getTime()).toBeGreaterThanOrEqual(job.heartbeatAt?.getTime() ?? Infinity);
  });

  it("tells a worker whose attempt is over to stop, and takes nothing from it", async () => {
    const job = await buildRunningJob();
    await giveUpJob(db, job, failure);
    expect(await updateJobProgress(db, job, progress)).toBeNull();
    expect(await heartbeatJob(db, job)).toBeNull();
    expect(await saveJobResume(db, job, { epoch: 9 })).toBe(false);
    expect((await findJob(db, project.id, job.id))?.resume).toBeNull();
  });

  it("hands what is needed to go on to the next attempt", async () => {
    const job = await buildRunningJob();
    await saveJobResume(db, job, { epoch: 4 });
    const again = await giveUpJob(db, job, failure);
    expect(again).toMatchObject({ state: "QUEUED", attempt: 2, workerId: null, phase: null });
    expect(again?.resume).toEqual({ epoch: 4 });
    expect(await listQueuedJobs(db)).toContainEqual({ id: job.id, kind: job.kind, attempt: 2 });
  });

  it("fails only when no attempt is left", async () => {
    const job = await buildRunningJob({ maxAttempts: 1 });
    expect(await giveUpJob(db, job, failure)).toMatchObject({
      state: "FAILED",
      errorCode: "COMPUTE_CRASHED",
    });
  });

  it("shows no error of an earlier attempt once it succeeded", async () => {
    const { id } = await buildRunningJob();
    await giveUpJob(db, { id, attempt: 1 }, failure);
    await claimJob(db, { id }, worker);
    await transitionJob(db, { id }, ["STARTING"], "RUNNING");
    const done = await transitionJob(db, { id }, ["RUNNING"], "SUCCEEDED", { result: {} });
    expect(done).toMatchObject({ attempt: 2, errorCode: null, errorMessage: null });
    const log = await listJobEvents(db, project.id, id);
    expect(log.map(({ message }) => message)).toContain("It broke.");
  });

  it("fails at once where another attempt would fare no better", async () => {
    const job = await buildRunningJob();
    const given = await giveUpJob(db, job, { ...failure, errorCode: "BAD_INPUT", isRetryable: false });
    expect(given).toMatchObject({ state: "FAILED", attempt: 1 });
  });

  it("loses no attempt when its worker stops", async () => {
    const job = await buildRunningJob({ maxAttempts: 1 });
    const back = await handBackJob(db, job, "Its worker was stopped.");
    expect(back).toMatchObject({ state: "QUEUED", attempt: 2, maxAttempts: 2 });
  });
});

describe("canceling", () => {
  it("ends a queued job at once", async () => {
    const { id } = await buildJob(db, project);
    expect(await requestJobCancel(db, project.id, id)).toMatchObject({ state: "CANCELED" });
  });

  it("asks a running one to stop, whatever its worker then says", async () => {
    const job = await buildRunningJob();
    expect(await requestJobCancel(db, project.id, job.id)).toMatchObject({ state: "CANCELING" });
    expect(await heartbeatJob(db, job)).toEqual({ state: "CANCELING", cancelRequested: true });
    expect(await giveUpJob(db, job, failure)).toMatchObject({ state: "CANCELED" });
  });

  it("leaves one that has ended as it is", async () => {
    const job = await buildRunningJob();
    await transitionJob(db, job, ["RUNNING"], "SUCCEEDED", { result: {} });
    expect(await requestJobCancel(db, project.id, job.id)).toMatchObject({ state: "SUCCEEDED" });
  });

  it("does not know a job of another project", async () => {
    const stranger = await buildProject(db);
    const { id } = await buildJob(db, project);
    expect(await requestJobCancel(db, stranger.id, id)).toBeNull();
    expect(await stateOf(id)).toBe("QUEUED");
  });
});

describe("a lost worker's job", () => {
  const age = (id: string) =>
    db.pool.query(`UPDATE job SET "heartbeatAt" = now() - interval '1 minute' WHERE id = $1`, [id]);
  const recover = () => recoverLostJobs(db, { heartbeatOlderThanMs: 30_000 });

  it("is queued again for another attempt, once", async () => {
    const job = await buildRunningJob();
    await age(job.id);
    const recovered = (await Promise.all([recover(), recover()])).flat();
    expect(recovered.map(({ id, state, attempt }) => ({ id, state, attempt }))).toEqual([
      { id: job.id, state: "QUEUED", attempt: 2 },
    ]);
  });

  it("is left alone while its worker lives", async () => {
    const job = await buildRunningJob();
    expect(await recover()).toEqual([]);
    expect(await stateOf(job.id)).toBe("RUNNING");
  });

  it("is canceled where that was asked", async () => {
    const job = await buildRunningJob();
    await requestJobCancel(db, project.id, job.id);
    await age(job.id);
    expect(await recover()).toMatchObject([{ id: job.id, state: "CANCELED" }]);
  });

  it("fails when no attempt is left, and says why", async () => {
    const job = await buildRunningJob({ maxAttempts: 1 });
    await age(job.id);
    expect(await recover()).toMatchObject([
      { state: "FAILED", errorMessage: "Its worker was lost in attempt 1 of 1." },
    ]);
  });
});

describe("what a job makes", () => {
  const scoreBlock: ScoreBlock = {
    ...{ block: 0, frameCount: 8, lanes: ["PSNR"], values: new Float32Array(8).fill(30) },
    statistics: [{ min: 30, max: 30, mean: 30, count: 8 }],
  };

  it("gives a scoring run the state of its job", async () => {
    const version = await buildDatasetVersion(db, project);
    const { scoringRun, job } = await buildScoringRun(db, await buildModelVersion(db, version));
    const state = async () =>
      (await db.prisma.scoringRun.findUniqueOrThrow({ where: { id: scoringRun.id } })).state;
    expect(await state()).toBe("PENDING");
    await claimJob(db, job, worker);
    expect(await state()).toBe("RUNNING");
    await giveUpJob(db, job, failure);
    expect(await state()).toBe("PENDING");
    await requestJobCancel(db, project.id, job.id);
    expect(await state()).toBe("CANCELED");
  });

  it("leaves no scores of a run canceled while it waits for another attempt, and takes no more", async () => {
    const version = await buildDatasetVersion(db, project);
    const { id: clipId } = await buildClip(db, version, { frameCount: 8 });
    const { scoringRun, job } = await buildScoringRun(db, await buildModelVersion(db, version));
    const scoringRunId = scoringRun.id;
    const write = () => writeClipScores(db, { scoringRunId, clipId }, [{ scoreBlocks: [scoreBlock] }]);
    await claimJob(db, job, worker);
    await write();
    await giveUpJob(db, job, failure);
    expect(await listScoredClipIds(db, scoringRunId)).toEqual([clipId]);
    await requestJobCancel(db, project.id, job.id);
    expect(await listScoredClipIds(db, scoringRunId)).toEqual([]);
    await expect(write()).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await listScoredClipIds(db, scoringRunId)).toEqual([]);
  });

  it("takes back the model version of a training that was canceled, unless it has scored already", async () => {
    const version = await buildDatasetVersion(db, project);
    const [unused, used] = [await buildModelVersion(db, version), await buildModelVersion(db, version)];
    await buildScoringRun(db, used);
    for (const { trainJobId } of [unused, used]) await requestJobCancel(db, project.id, trainJobId ?? "");
    const left = await db.prisma.modelVersion.findMany({ where: { id: { in: [unused.id, used.id] } } });
    expect(left.map(({ id }) => id)).toEqual([used.id]);
  });

  it("leaves no dataset behind where an import fails", async () => {
    const job = await buildRunningJob({ kind: "INGEST" });
    const version = await beginDatasetVersion(db, {
      ...{ organizationId: project.organizationId, projectId: project.id, ingestJobId: job.id },
      ...{ datasetName: "Half", datasetSlug: "half", layout: "MNAD" },
    });
    await giveUpJob(db, job, { ...failure, isRetryable: false });
    expect(await db.prisma.datasetVersion.findUnique({ where: { id: version.id } })).toBeNull();
    expect(await db.prisma.dataset.findFirst({ where: { slug: "half" } })).toBeNull();
  });

  it("begins an import anew in its second attempt", async () => {
    const job = await buildRunningJob({ kind: "INGEST" });
    const begin = () =>
      beginDatasetVersion(db, {
        ...{ organizationId: project.organizationId, projectId: project.id, ingestJobId: job.id },
        ...{ datasetName: "Twice", datasetSlug: "twice", layout: "MNAD" },
      });
    const first = await begin();
    const second = await begin();
    expect(second).toMatchObject({ number: 1, state: "IMPORTING" });
    expect(second.id).not.toBe(first.id);
    expect(await db.prisma.datasetVersion.count({ where: { datasetId: second.datasetId } })).toBe(1);
  });
});
