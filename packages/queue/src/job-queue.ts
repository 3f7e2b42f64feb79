// Puts jobs to be done where workers find them. It only carries work: what it loses, a reconciler brings again.
import type { JobKind } from "@engram/core";
import { type EntryQueue, openBackend, type QueueConfig } from "./backend.ts";
import { entryId, QUEUE_NAMES, type QueueName, queueEntrySchema, queueOf } from "./contracts.ts";
import { onlyOnce } from "./only-once.ts";

export interface EnqueuedJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly attempt: number;
}

export interface JobQueue {
  /** An attempt that waits already is not added again. @throws ZodError where the job is not one */
  enqueue(job: EnqueuedJob): Promise<void>;
  close(): Promise<void>;
}

export interface JobQueueOptions {
  /** broken connections, which are made again; for the log */
  readonly onError?: (err: Error) => void;
}

export async function createJobQueue(config: QueueConfig, options: JobQueueOptions = {}): Promise<JobQueue> {
  const onError = options.onError ?? (() => undefined);
  const backend = await openBackend(config);
  const queues = new Map<QueueName, EntryQueue>();
  const close = onlyOnce(async () => {
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    await backend.close();
  });
  try {
    for (const name of QUEUE_NAMES) queues.set(name, await backend.openQueue(name, onError));
  } catch (err) {
    await close();
    throw err;
  }
  return {
    async enqueue(job) {
      const entry = queueEntrySchema.parse({ kind: job.kind, jobId: job.id });
      await queues.get(queueOf(entry.kind))?.add(entry.kind, entry, { jobId: entryId(job) });
    },
    close,
  };
}
