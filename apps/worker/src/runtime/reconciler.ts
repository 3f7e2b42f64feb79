// Postgres is the truth, the queue only carries work: what the queue lost is put back, jobs whose worker was lost are
// settled, and what jobs left behind that nobody held when they ended goes. Every worker does this; doing it twice
// does no harm.
import { type Database, listEndedJobsWithResume, listQueuedJobs, recoverLostJobs } from "@engram/db";
import type { JobQueue } from "@engram/queue";
import type { BlobStore } from "@engram/storage";
import type { Logger } from "pino";
import { removeLeftovers } from "../jobs/leftovers.ts";

const INTERVAL_MS = 5000;
/** Six heartbeats. */
const LOST_AFTER_MS = 30_000;

export interface ReconcilerOptions {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly queue: JobQueue;
  readonly log: Logger;
  readonly intervalMs?: number;
  readonly lostAfterMs?: number;
}

export interface Reconciler {
  /** waits for the round that is under way */
  stop(): Promise<void>;
}

export function startReconciler(options: ReconcilerOptions): Reconciler {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  const next = () => {
    round = reconcile(options)
      .catch((err: unknown) => options.log.warn({ err }, "Jobs could not be reconciled."))
      .finally(() => {
        if (!stopping.signal.aborted) timer = setTimeout(next, options.intervalMs ?? INTERVAL_MS);
      });
  };
  next();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await round;
    },
  };
}

/** One round. */
export async function reconcile(options: ReconcilerOptions): Promise<void> {
  const { db, blobs, queue, log } = options;
  const lost = await recoverLostJobs(db, { heartbeatOlderThanMs: options.lostAfterMs ?? LOST_AFTER_MS });
  for (const job of lost) {
    log.warn(
      { jobId: job.id, state: job.state, attempt: job.attempt },
      `${job.kind} job ${job.number} was lost.`,
    );
  }
  for (const job of await listQueuedJobs(db)) await queue.enqueue(job);
  for (const job of await listEndedJobsWithResume(db)) {
    await removeLeftovers(db, blobs, job).catch((err: unknown) =>
      log.warn({ err, jobId: job.id }, "What a job left behind could not be removed."),
    );
  }
}
