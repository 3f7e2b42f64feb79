// Finds the jobs whose worker was lost, and settles them.
import type { JobState } from "@engram/core";
import type { Database } from "./database.ts";
import type { Job } from "./generated/prisma/client.ts";
import { findJobAnywhere } from "./job-repository.ts";
import { HELD_JOB_STATES } from "./job-states.ts";
import { type JobAttempt, transitionJob } from "./job-transition.ts";

/**
 * Jobs whose worker has not been heard of for so long: INTERRUPTED, and from there CANCELED where that was asked,
 * QUEUED for another attempt, or FAILED when none is left. Returns them as they stand then.
 */
export async function recoverLostJobs(
  db: Database,
  options: { readonly heartbeatOlderThanMs: number },
): Promise<Job[]> {
  const { heartbeatOlderThanMs } = options;
  const { rows } = await db.pool.query<JobAttempt & { state: JobState }>(
    `SELECT id, attempt, state FROM job
     WHERE state = 'INTERRUPTED'
        OR (state = ANY ($1::"JobState"[]) AND "heartbeatAt" < now() - $2 * interval '1 millisecond')`,
    [HELD_JOB_STATES, heartbeatOlderThanMs],
  );
  const recovered: Job[] = [];
  for (const { id, attempt, state } of rows) {
    const lost = { id, attempt, heartbeatOlderThanMs };
    if (state !== "INTERRUPTED") {
      const change = { message: "Its worker has not been heard of." };
      if ((await transitionJob(db, lost, HELD_JOB_STATES, "INTERRUPTED", change)) === null) continue;
    }
    const job = await settleInterrupted(db, { id, attempt });
    if (job !== null) recovered.push(job);
  }
  return recovered;
}

async function settleInterrupted(db: Database, { id, attempt }: JobAttempt): Promise<Job | null> {
  const job = await findJobAnywhere(db, id);
  if (job === null) return null;
  const from = ["INTERRUPTED"] as const;
  if (job.cancelRequested) return transitionJob(db, { id, attempt }, from, "CANCELED");
  if (attempt < job.maxAttempts) return transitionJob(db, { id, attempt }, from, "QUEUED");
  const errorMessage = `Its worker was lost in attempt ${attempt} of ${job.maxAttempts}.`;
  return transitionJob(db, { id, attempt }, from, "FAILED", {
    ...{ message: errorMessage, errorCode: "COMPUTE_CRASHED", errorMessage },
  });
}
