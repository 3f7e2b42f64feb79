// The same guarantees over PostgreSQL and over Redis.
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { jobKindSchema } from "@engram/core";
import { hasRedis, startTestDatabase, startTestRedis } from "@engram/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { QueueConfig } from "./backend.ts";
import { queueEntrySchema } from "./contracts.ts";
import { createJobQueue, type EnqueuedJob } from "./job-queue.ts";
import { createJobWorker, type JobWorkerOptions } from "./job-worker.ts";

interface Service {
  readonly config: QueueConfig;
  close(): Promise<void>;
}

async function startPostgres(): Promise<Service> {
  const { url, close } = await startTestDatabase();
  return { config: { databaseUrl: url }, close };
}

async function startRedis(): Promise<Service> {
  const { url, stop } = await startTestRedis();
  // The database is not needed then, and not asked.
  return { config: { databaseUrl: "postgresql://127.0.0.1:1/none", redisUrl: url }, close: stop };
}

const job = (kind: EnqueuedJob["kind"] = "TRAIN") => ({ id: randomUUID(), kind, attempt: 1 });

/** A promise that the test itself settles. */
function gate() {
  const events = new EventEmitter();
  const opened = once(events, "open");
  return { opened, open: () => events.emit("open") };
}

function guarantees(startService: () => Promise<Service>): void {
  let service: Service;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    service = await startService();
  });
  afterEach(async () => {
    for (const opened of open.splice(0)) await opened.close();
  });
  afterAll(() => service.close());

  async function openQueue() {
    const queue = await createJobQueue(service.config);
    open.push(queue);
    return queue;
  }

  /** `seen` emits each job's id as its handler ends, and its error as "error-seen". */
  async function openWorker(options: Partial<JobWorkerOptions> = {}) {
    const seen = new EventEmitter();
    const handled: string[] = [];
    const worker = await createJobWorker(service.config, {
      queues: ["compute", "ingest"],
      concurrency: 2,
      onError: (err) => seen.emit("error-seen", err),
      ...options,
      async handler(entry) {
        await options.handler?.(entry);
        handled.push(entry.jobId);
        seen.emit(entry.jobId);
      },
    });
    open.push(worker);
    return { seen, handled, worker };
  }

  it("brings jobs of every kind to the handler, whoever came first", async () => {
    const jobs = jobKindSchema.options.map((kind) => job(kind));
    const queue = await openQueue();
    await queue.enqueue(jobs[0]!);
    const { seen, handled } = await openWorker();
    const done = jobs.slice(1).map(({ id }) => once(seen, id));
    for (const other of jobs.slice(1)) await queue.enqueue(other);
    await Promise.all(done);
    if (!handled.includes(jobs[0]!.id)) await once(seen, jobs[0]!.id);
    expect(handled.sort()).toEqual(jobs.map(({ id }) => id).sort());
  });

  it("runs an attempt once that was enqueued again while it waited", async () => {
    const queue = await openQueue();
    const [twice, last] = [job(), job()];
    await queue.enqueue(twice);
    await queue.enqueue(twice);
    await queue.enqueue(last);
    const { seen, handled } = await openWorker({ concurrency: 1 });
    if (!handled.includes(last.id)) await once(seen, last.id);
    expect(handled).toEqual([twice.id, last.id]);
  });

  it("takes an attempt again once it was run, so that a reconciler can repair", async () => {
    const queue = await openQueue();
    const { seen } = await openWorker({ concurrency: 1 });
    const [again, behind] = [job(), job()];
    const runBoth = async () => {
      const done = [once(seen, again.id), once(seen, behind.id)];
      await queue.enqueue(again);
      // With one at a time, the first entry is forgotten before the one behind it is run.
      await queue.enqueue(behind);
      await Promise.all(done);
    };
    await runBoth();
    behind.id = randomUUID();
    await runBoth();
  });

  it("does not try again when a handler throws: the row decides about retries", async () => {
    const queue = await openQueue();
    const [bad, next] = [job(), job()];
    const tried: string[] = [];
    const { seen } = await openWorker({
      concurrency: 1,
      async handler({ jobId }) {
        tried.push(jobId);
        if (jobId === bad.id) throw new Error("broken");
      },
    });
    const failed = once(seen, "error-seen");
    const done = once(seen, next.id);
    await queue.enqueue(bad);
    await queue.enqueue(next);
    expect(await failed).toMatchObject([{ message: "broken" }]);
    await done;
    expect(tried).toEqual([bad.id, next.id]);
  });

  it("keeps to its concurrency", async () => {
    const queue = await openQueue();
    const jobs = [job(), job(), job()];
    const { opened, open: openGate } = gate();
    const running = new EventEmitter();
    let [current, most] = [0, 0];
    const { seen } = await openWorker({
      queues: ["compute"],
      async handler() {
        current += 1;
        most = Math.max(most, current);
        running.emit("count", current);
        await opened;
        current -= 1;
      },
    });
    const two = new Promise<void>((resolve) => running.on("count", (n: number) => n === 2 && resolve()));
    const done = jobs.map(({ id }) => once(seen, id));
    for (const each of jobs) await queue.enqueue(each);
    await two;
    openGate();
    await Promise.all(done);
    expect(most).toBe(2);
  });

  it("waits for the handlers that run when it closes", async () => {
    const queue = await openQueue();
    const slow = job();
    const started = gate();
    const release = gate();
    const { handled, worker } = await openWorker({
      async handler() {
        started.open();
        await release.opened;
      },
    });
    await queue.enqueue(slow);
    await started.opened;
    const closing = worker.close();
    release.open();
    await closing;
    expect(handled).toEqual([slow.id]);
  });

  it("refuses what is no job", async () => {
    const queue = await openQueue();
    await expect(queue.enqueue({ ...job(), id: "../../etc" })).rejects.toThrow();
  });
}

describe("the queue on PostgreSQL", () => guarantees(startPostgres));
describe.runIf(hasRedis())("the queue on Redis", () => guarantees(startRedis));

describe("an entry", () => {
  it("holds ids and nothing else", () => {
    const entry = { kind: "TRAIN", jobId: randomUUID() };
    expect(queueEntrySchema.parse(entry)).toEqual(entry);
    expect(queueEntrySchema.safeParse({ ...entry, learningRate: 1 }).success).toBe(false);
  });
});
