// A worker: takes jobs from the queues, runs each in a process of its own, follows what people ask of them, and looks
// after jobs that were lost.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createDatabase, listenForChanges } from "@engram/db";
import { createJobQueue, createJobWorker, type QueueName } from "@engram/queue";
import { createBlobStore } from "@engram/storage";
import type { Logger } from "pino";
import packageJson from "../package.json" with { type: "json" };
import type { WorkerEnv } from "./env.ts";
import { startHeartbeat } from "./runtime/heartbeat.ts";
import { JobRunner } from "./runtime/job-runner.ts";
import { startReconciler } from "./runtime/reconciler.ts";
import { Shutdown } from "./runtime/shutdown.ts";
import { sweepTempFolders } from "./runtime/temp-folders.ts";

export interface RunningWorker {
  readonly id: string;
  /** takes no more jobs, stops those that run (they are queued again), then closes the database */
  stop(): Promise<void>;
}

export async function startWorker(env: WorkerEnv, log: Logger): Promise<RunningWorker> {
  const id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const onError = (err: Error) => log.warn({ err }, "The queue's connection or a job's handling failed.");
  const shutdown = new Shutdown();
  try {
    await sweepTempFolders();
    const db = createDatabase(env.databaseUrl);
    shutdown.add("database", () => db.close());
    const blobs = createBlobStore(env.storageUrl);
    const queue = await createJobQueue(env, { onError });
    shutdown.add("queue", () => queue.close());
    const runner = new JobRunner({ env, workerId: id, db, blobs, log, enqueue: (job) => queue.enqueue(job) });
    const listening = await listenForChanges(env.databaseUrl, {
      onJob: (jobId) => {
        runner
          .onJobChanged(jobId)
          .catch((err: unknown) => log.warn({ err }, "A job's row could not be read."));
      },
      onError: (err) => log.warn({ err }, "The connection that listens for changes broke; it is made again."),
    });
    shutdown.add("changes", () => listening.close());
    const reconciler = startReconciler({ db, blobs, queue, log });
    shutdown.add("reconciler", () => reconciler.stop());
    const version = packageJson.version;
    const heartbeat = startHeartbeat({ db, worker: { id, hostname: hostname(), version }, log });
    shutdown.add("heartbeat", () => heartbeat.stop());
    const takers: (readonly [QueueName, number])[] = [
      ["compute", env.concurrency.compute],
      ["ingest", env.concurrency.ingest],
    ];
    for (const [name, concurrency] of takers) {
      const handler = ({ jobId }: { readonly jobId: string }) => runner.run(jobId);
      const taker = await createJobWorker(env, { queues: [name], concurrency, handler, onError });
      shutdown.add(`queue ${name}`, () => taker.close());
    }
    // First of all, so that the takers need not wait for jobs that would run on for hours.
    shutdown.add("jobs", () => runner.stop());
  } catch (err) {
    await shutdown.run();
    throw err;
  }
  log.info({ workerId: id, concurrency: env.concurrency }, "The worker is ready.");
  return { id, stop: () => shutdown.run() };
}
