import { claimJob, findJobAnywhere, type Job, requestJobCancel, saveJobResume } from "@engram/db";
import { createJobQueue, createJobWorker, type JobQueue } from "@engram/queue";
import { startTestDatabase } from "@engram/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, startRig } from "../testing/rig.ts";
import { reconcile } from "./reconciler.ts";

let rig: Rig;
let queue: JobQueue;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  queue = await createJobQueue({ databaseUrl: rig.databaseUrl });
});
afterAll(async () => {
  await queue?.close();
  await rig?.close();
});

const round = () =>
  reconcile({ db: rig.db, blobs: rig.blobs, queue, log: pino({ level: "silent" }), lostAfterMs: 0 });

/** A training whose worker wrote a checkpoint and was never heard of again. */
async function lostTraining(): Promise<{ job: Job; checkpointHash: string }> {
  const job = await rig.createJob("TRAIN", {});
  await claimJob(rig.db, job, { workerId: "lost" });
  const { hash: checkpointHash } = await rig.blobs.put(Buffer.from(job.id));
  await saveJobResume(rig.db, job, { checkpointHash });
  return { job, checkpointHash };
}

describe("reconcile", () => {
  it("queues a lost job for another attempt, its checkpoint kept", async () => {
    const { job, checkpointHash } = await lostTraining();
    await round();
    expect(await findJobAnywhere(rig.db, job.id)).toMatchObject({
      state: "QUEUED",
      attempt: 2,
      resume: { checkpointHash },
    });
    expect(await rig.blobs.has(checkpointHash)).toBe(true);
  });

  it("cancels a lost job where that was asked, and leaves no checkpoint", async () => {
    const { job, checkpointHash } = await lostTraining();
    await requestJobCancel(rig.db, rig.owner.projectId, job.id);
    await round();
    expect(await findJobAnywhere(rig.db, job.id)).toMatchObject({ state: "CANCELED" });
    expect(await rig.blobs.has(checkpointHash)).toBe(false);
  });

  it("removes the checkpoint of a job that was canceled while it waited for another attempt", async () => {
    const { job, checkpointHash } = await lostTraining();
    await round();
    await requestJobCancel(rig.db, rig.owner.projectId, job.id);
    await round();
    expect(await findJobAnywhere(rig.db, job.id)).toMatchObject({ state: "CANCELED", resume: null });
    expect(await rig.blobs.has(checkpointHash)).toBe(false);
  });

  it("puts a queued job back into a queue that has lost it, and only once", async () => {
    const job = await rig.createJob("INGEST", {});
    await round();
    await round();
    const taken: string[] = [];
    const marker = await rig.createJob("INGEST", {});
    await queue.enqueue(marker);
    let close = async () => {};
    await new Promise<void>((resolve, reject) => {
      const handler = async ({ jobId }: { readonly jobId: string }) => {
        taken.push(jobId);
        if (jobId === marker.id) resolve();
      };
      const options = { queues: ["ingest"] as const, concurrency: 1, handler, onError: reject };
      createJobWorker({ databaseUrl: rig.databaseUrl }, options).then((worker) => {
        close = worker.close;
      }, reject);
    });
    await close();
    expect(taken).toEqual([job.id, marker.id]);
  });
});
