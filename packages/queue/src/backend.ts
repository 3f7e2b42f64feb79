// BullMQ on PostgreSQL, or on Redis where there is one: the same two classes over either.
import { createPostgresBackend, Queue, runMigrations, Worker, withBackend } from "bullmq";
import pg from "pg";
import type { QueueName } from "./contracts.ts";
import { withoutCommand } from "./without-command.ts";

export interface QueueConfig {
  /** the queue lives here, in the schema `bullmq`, unless there is a Redis */
  readonly databaseUrl: string;
  readonly redisUrl?: string | null | undefined;
}

/** What BullMQ's Queue is to us. */
export interface EntryQueue {
  add(name: string, data: unknown, options: { readonly jobId: string }): Promise<unknown>;
  close(): Promise<void>;
}

/** What BullMQ's Worker is to us. */
export interface EntryWorker {
  close(): Promise<void>;
}

export interface EntryWorkerOptions {
  readonly concurrency: number;
  run(data: unknown): Promise<void>;
  onError(err: Error): void;
}

export interface QueueBackend {
  openQueue(name: QueueName, onError: (err: Error) => void): Promise<EntryQueue>;
  openWorker(name: QueueName, options: EntryWorkerOptions): Promise<EntryWorker>;
  close(): Promise<void>;
}

// An entry is forgotten as soon as it was run, however that went: what becomes of the job is decided on its row, and
// an entry that stayed would keep the reconciler from adding the same attempt again.
const FORGET = { removeOnComplete: true, removeOnFail: true } as const;
/** A worker of a killed process: its entries come back after this, and find their job claimed. */
const LOCK = { lockDuration: 30_000, maxStalledCount: 100 } as const;

export function openBackend(config: QueueConfig): Promise<QueueBackend> {
  return config.redisUrl ? openRedis(config.redisUrl) : openPostgres(config.databaseUrl);
}

async function openPostgres(databaseUrl: string): Promise<QueueBackend> {
  // One pool for everything; each queue and worker that listens keeps one connection of it.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: "-c search_path=bullmq",
    application_name: "engram-queue",
    max: 8,
    keepAlive: true,
  });
  pool.setMaxListeners(0);
  // BullMQ tells of broken connections by its own error events.
  pool.on("error", () => undefined);
  try {
    await migrate(pool);
  } catch (err) {
    await pool.end();
    throw err;
  }
  const classes = withBackend(createPostgresBackend);
  return {
    async openQueue(name, onError) {
      const queue = new classes.Queue(name, { connection: pool, defaultJobOptions: FORGET });
      queue.on("error", onError);
      await queue.waitUntilReady();
      return queue;
    },
    async openWorker(name, { concurrency, run, onError }) {
      const options = { connection: pool, concurrency, ...LOCK };
      const worker = new classes.Worker(name, (entry) => run(entry.data), options);
      worker.on("error", onError);
      await worker.waitUntilReady();
      return worker;
    },
    close: () => pool.end(),
  };
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, "bullmq");
  } finally {
    client.release();
  }
}

async function openRedis(url: string): Promise<QueueBackend> {
  // A worker waits for entries without end, so its requests are not given up after some retries.
  const connection = { url, maxRetriesPerRequest: null };
  return {
    async openQueue(name, onError) {
      const queue = new Queue(name, { connection, prefix: PREFIX, defaultJobOptions: FORGET });
      queue.on("error", (err) => onError(withoutCommand(err)));
      await queue.waitUntilReady();
      return queue;
    },
    async openWorker(name, { concurrency, run, onError }) {
      const options = { connection, prefix: PREFIX, concurrency, ...LOCK };
      const worker = new Worker(name, (entry) => run(entry.data), options);
      worker.on("error", (err) => onError(withoutCommand(err)));
      await worker.waitUntilReady();
      return worker;
    },
    close: async () => undefined,
  };
}

/** Of our keys in a Redis that others may use too. */
const PREFIX = "engram";
