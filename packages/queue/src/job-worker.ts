// Takes entries from the queues and hands their job's id on. An entry may come twice, or for a job that no longer
// waits: claiming the row decides. Retries are decided there too, so an entry runs once and is forgotten.
import { type EntryWorker, openBackend, type QueueConfig } from "./backend.ts";
import { type QueueEntry, type QueueName, queueEntrySchema } from "./contracts.ts";
import { onlyOnce } from "./only-once.ts";

export interface JobWorkerOptions {
  readonly queues: readonly QueueName[];
  /** jobs at a time, in each queue */
  readonly concurrency: number;
  /** resolves when the worker is free for the next; what it throws goes to onError */
  handler(entry: QueueEntry): Promise<void>;
  /** for the log: a handler that threw, a connection that broke and is made again */
  onError(err: Error): void;
}

export interface JobWorker {
  /** Takes no more entries and waits for the handlers that run. */
  close(): Promise<void>;
}

export async function createJobWorker(config: QueueConfig, options: JobWorkerOptions): Promise<JobWorker> {
  const { concurrency, handler, onError } = options;
  const run = async (data: unknown): Promise<void> => {
    try {
      await handler(queueEntrySchema.parse(data));
    } catch (err) {
      onError(err instanceof Error ? err : new Error(String(err)));
    }
  };
  const backend = await openBackend(config);
  const workers: EntryWorker[] = [];
  const close = onlyOnce(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await backend.close();
  });
  try {
    for (const name of options.queues) {
      workers.push(await backend.openWorker(name, { concurrency, run, onError }));
    }
  } catch (err) {
    await close();
    throw err;
  }
  return { close };
}
