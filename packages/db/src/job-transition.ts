// One way to change a job's state: compare-and-swap on the row, a line in its log, what follows for the rows the
// job makes, and a notification, all in one transaction.
import { AppError, type ErrorCode, type JobState } from "@engram/core";
import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { type Database, inTransaction } from "./database.ts";
import type { Job } from "./generated/prisma/client.ts";
import { settleJobProducts } from "./job-products.ts";
import { beginsNewAttempt, isLegalJobTransition, isTerminalJobState } from "./job-states.ts";
import { notifyJob } from "./notifications.ts";

/** An attempt at a job. Whoever holds an older one is refused: the job has been given to somebody else. */
export interface JobAttempt {
  readonly id: string;
  readonly attempt: number;
}

export interface JobChange {
  /** one sentence for the log */
  readonly message?: string;
  readonly workerId?: string;
  readonly device?: string;
  /** contracts: jobResultSchemas of the kind */
  readonly result?: unknown;
  readonly errorCode?: ErrorCode;
  readonly errorMessage?: string;
  readonly isCancelRequested?: boolean;
  /** a new attempt that does not count against the job's: it was not to blame */
  readonly isBlameless?: boolean;
}

export interface TransitionGuard {
  readonly id: string;
  readonly attempt?: number;
  readonly projectId?: string;
  /** only where the last heartbeat is older than this */
  readonly heartbeatOlderThanMs?: number;
}

/**
 * Moves the job from one of the states `from` to `to`. null where it is in none of them, or the guard does not hold:
 * then nothing has changed.
 * @throws AppError INTERNAL where the state machine does not know the step
 */
export async function transitionJob(
  db: Database,
  guard: TransitionGuard,
  from: readonly JobState[],
  to: JobState,
  change: JobChange = {},
): Promise<Job | null> {
  for (const state of from) {
    if (!isLegalJobTransition(state, to)) {
      throw new AppError("INTERNAL", `A job does not go from ${state} to ${to}.`);
    }
  }
  return inTransaction(db, async (client) => {
    const before = await lockJob(client, guard, from);
    if (before === null) return null;
    const job = await updateJob(client, guard.id, before, to, change);
    await logTransition(client, job, before, change.message ?? null);
    await settleJobProducts(client, job);
    await notifyJob(client, job.id);
    return job;
  });
}

/** One line of a job's log; `from` is null for its first. */
export async function logTransition(
  client: pg.ClientBase,
  job: Pick<Job, "id" | "state" | "attempt">,
  from: JobState | null,
  message: string | null,
): Promise<void> {
  await client.query(
    `INSERT INTO job_event (id, "jobId", "fromState", "toState", attempt, message, at)
     VALUES ($1, $2, $3, $4, $5, $6, now())`,
    [uuidv7(), job.id, from, job.state, job.attempt, message],
  );
}

async function lockJob(
  client: pg.ClientBase,
  guard: TransitionGuard,
  from: readonly JobState[],
): Promise<JobState | null> {
  const { rows } = await client.query<{ state: JobState }>(
    `SELECT state FROM job
     WHERE id = $1 AND state = ANY ($2::"JobState"[])
       AND ($3::int IS NULL OR attempt = $3)
       AND ($4::uuid IS NULL OR "projectId" = $4)
       AND ($5::float8 IS NULL OR "heartbeatAt" < now() - $5 * interval '1 millisecond')
     FOR UPDATE`,
    [guard.id, from, guard.attempt ?? null, guard.projectId ?? null, guard.heartbeatOlderThanMs ?? null],
  );
  return rows[0]?.state ?? null;
}

/**
 * A queued job carries nothing of its last attempt but what it needs to go on, and its last error, which is nobody's
 * any more once it succeeded or was canceled: the log has it.
 */
async function updateJob(
  client: pg.ClientBase,
  id: string,
  from: JobState,
  to: JobState,
  change: JobChange,
): Promise<Job> {
  const { rows } = await client.query<Job>(
    `UPDATE job SET
       state = $2::"JobState",
       attempt = attempt + $3,
       "workerId" = CASE WHEN $4 THEN NULL ELSE coalesce($5, "workerId") END,
       device = CASE WHEN $4 THEN NULL ELSE coalesce($6, device) END,
       "heartbeatAt" = CASE WHEN $4 THEN NULL WHEN $2::"JobState" IN ('STARTING', 'RUNNING') THEN now() ELSE "heartbeatAt" END,
       phase = CASE WHEN $4 THEN NULL ELSE phase END,
       done = CASE WHEN $4 THEN NULL ELSE done END,
       total = CASE WHEN $4 THEN NULL ELSE total END,
       unit = CASE WHEN $4 THEN NULL ELSE unit END,
       figures = CASE WHEN $4 THEN NULL ELSE figures END,
       "etaMs" = CASE WHEN $4 OR $7 THEN NULL ELSE "etaMs" END,
       result = coalesce($8, result),
       "errorCode" = CASE WHEN $2::"JobState" IN ('SUCCEEDED', 'CANCELED') THEN NULL ELSE coalesce($9, "errorCode") END,
       "errorMessage" = CASE WHEN $2::"JobState" IN ('SUCCEEDED', 'CANCELED') THEN NULL ELSE coalesce($10, "errorMessage") END,
       "cancelRequested" = "cancelRequested" OR $11,
       "maxAttempts" = "maxAttempts" + $12,
       "startedAt" = CASE WHEN $2::"JobState" = 'STARTING' THEN coalesce("startedAt", now()) ELSE "startedAt" END,
       "finishedAt" = CASE WHEN $7 THEN now() END,
       revision = revision + 1,
       "changedAt" = now()
     WHERE id = $1
     RETURNING *`,
    [
      id,
      to,
      beginsNewAttempt(from, to) ? 1 : 0,
      to === "QUEUED",
      change.workerId ?? null,
      change.device ?? null,
      isTerminalJobState(to),
      change.result === undefined ? null : JSON.stringify(change.result),
      change.errorCode ?? null,
      change.errorMessage ?? null,
      change.isCancelRequested ?? false,
      change.isBlameless ? 1 : 0,
    ],
  );
  const job = rows[0];
  if (job === undefined) throw new AppError("INTERNAL", `Job ${id} went away while it was locked.`);
  return job;
}
