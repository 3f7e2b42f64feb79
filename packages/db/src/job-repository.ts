// Jobs as rows: submitted once, claimed by one worker, given up, canceled, found again when their worker is lost.
import { AppError, type ErrorCode, type JobKind, type JobProgress, type JobState } from "@engram/core";
import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { type Database, inTransaction } from "./database.ts";
import type { Job, JobEvent } from "./generated/prisma/client.ts";
import { HELD_JOB_STATES, TERMINAL_JOB_STATES } from "./job-states.ts";
import { type JobAttempt, logTransition, transitionJob } from "./job-transition.ts";
import { notifyJob } from "./notifications.ts";

export interface NewJob {
  /** given where other rows must name it beforehand */
  readonly id?: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly kind: JobKind;
  /** core: the input schema of the kind; parsed by the caller */
  readonly input: unknown;
  readonly idempotencyKey?: string | null;
  readonly createdById?: string | null;
  /** default 3 */
  readonly maxAttempts?: number;
}

export interface SubmittedJob {
  readonly job: Job;
  /** false: this key had been submitted before, and `job` is what came of it */
  readonly isNew: boolean;
}

/** `alongside` makes the rows that belong to a new job, in its transaction. @throws AppError CONFLICT */
export function createJob(
  db: Database,
  job: NewJob,
  alongside?: (client: pg.ClientBase, job: Job) => Promise<void>,
): Promise<SubmittedJob> {
  return inTransaction(db, async (client) => {
    const submitted = await createJobWithin(client, job);
    if (submitted.isNew) await alongside?.(client, submitted.job);
    return submitted;
  });
}

/** As `createJob`, in a transaction that is open already. @throws AppError CONFLICT */
export async function createJobWithin(client: pg.ClientBase, job: NewJob): Promise<SubmittedJob> {
  const created = await insertJob(client, job);
  if (created === null) return { job: await readSubmitted(client, job), isNew: false };
  await logTransition(client, created, null, null);
  await notifyJob(client, created.id);
  return { job: created, isNew: true };
}

async function insertJob(client: pg.ClientBase, job: NewJob): Promise<Job | null> {
  const { rows } = await client.query<Job>(
    `INSERT INTO job (id, "organizationId", "projectId", kind, input, "idempotencyKey", "createdById", "maxAttempts")
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT ("projectId", "idempotencyKey") DO NOTHING
     RETURNING *`,
    [
      job.id ?? uuidv7(),
      job.organizationId,
      job.projectId,
      job.kind,
      JSON.stringify(job.input),
      job.idempotencyKey ?? null,
      job.createdById ?? null,
      job.maxAttempts ?? 3,
    ],
  );
  return rows[0] ?? null;
}

async function readSubmitted(
  client: pg.ClientBase,
  { projectId, idempotencyKey, kind }: NewJob,
): Promise<Job> {
  const { rows } = await client.query<Job>(
    `SELECT * FROM job WHERE "projectId" = $1 AND "idempotencyKey" = $2`,
    [projectId, idempotencyKey],
  );
  const job = rows[0];
  if (job?.kind === kind) return job;
  throw new AppError(
    "CONFLICT",
    `The idempotency key "${idempotencyKey}" belongs to a job of kind ${job?.kind}, not ${kind}: use another.`,
    { field: "idempotencyKey" },
  );
}

export function findJob(db: Database, projectId: string, id: string): Promise<Job | null> {
  return db.prisma.job.findUnique({ where: { id, projectId } });
}

/** For workers, and for live updates that look up the project themselves. */
export function findJobAnywhere(db: Database, id: string): Promise<Job | null> {
  return db.prisma.job.findUnique({ where: { id } });
}

/** Oldest first. */
export function listJobEvents(db: Database, projectId: string, jobId: string): Promise<JobEvent[]> {
  return db.prisma.jobEvent.findMany({ where: { jobId, job: { projectId } }, orderBy: { id: "asc" } });
}

/** What a live-update client has missed; oldest change first. The clock is the database's. */
export function listJobsChangedSince(
  db: Database,
  projectId: string,
  since: Date,
  limit = 100,
): Promise<Job[]> {
  return db.prisma.job.findMany({
    where: { projectId, changedAt: { gt: since } },
    orderBy: [{ changedAt: "asc" }, { id: "asc" }],
    take: limit,
  });
}

/** Every queued job, for the reconciler that refills the queue: enqueueing one again does no harm. */
export function listQueuedJobs(db: Database): Promise<Pick<Job, "id" | "kind" | "attempt">[]> {
  return db.prisma.job.findMany({
    where: { state: "QUEUED" },
    select: { id: true, kind: true, attempt: true },
    orderBy: { createdAt: "asc" },
  });
}

/** QUEUED → STARTING for one worker; null where another was faster, or the job no longer waits. */
export function claimJob(
  db: Database,
  job: { readonly id: string; readonly attempt?: number },
  worker: { readonly workerId: string; readonly device?: string },
): Promise<Job | null> {
  return transitionJob(db, job, ["QUEUED"], "STARTING", worker);
}

export interface JobStanding {
  readonly state: JobState;
  readonly cancelRequested: boolean;
}

/** Also a heartbeat. null: the attempt is not ours any more, stop. */
export async function updateJobProgress(
  db: Database,
  job: JobAttempt,
  progress: JobProgress,
): Promise<JobStanding | null> {
  const { rows } = await db.pool.query<JobStanding>(
    `WITH changed AS (
       UPDATE job SET phase = $4, done = $5, total = $6, unit = $7, "etaMs" = $8, figures = $9,
         "heartbeatAt" = now(), revision = revision + 1, "changedAt" = now()
       WHERE id = $1 AND attempt = $2 AND state = ANY ($3::"JobState"[])
       RETURNING id, state, "cancelRequested"
     )
     SELECT state, "cancelRequested", pg_notify('engram_job', id::text) FROM changed`,
    [
      ...[job.id, job.attempt, HELD_JOB_STATES],
      ...[progress.phase, progress.done, progress.total, progress.unit, progress.etaMs],
      JSON.stringify(progress.figures),
    ],
  );
  return standing(rows[0]);
}

/** Says that the worker lives; changes nothing that people see. null: the attempt is not ours any more, stop. */
export async function heartbeatJob(db: Database, job: JobAttempt): Promise<JobStanding | null> {
  const { rows } = await db.pool.query<JobStanding>(
    `UPDATE job SET "heartbeatAt" = now()
     WHERE id = $1 AND attempt = $2 AND state = ANY ($3::"JobState"[])
     RETURNING state, "cancelRequested"`,
    [job.id, job.attempt, HELD_JOB_STATES],
  );
  return standing(rows[0]);
}

/** Keeps what the next attempt needs to go on. false: the attempt is not ours any more, nothing was kept. */
export async function saveJobResume(db: Database, job: JobAttempt, resume: unknown): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    `UPDATE job SET resume = $4, "heartbeatAt" = now()
     WHERE id = $1 AND attempt = $2 AND state = ANY ($3::"JobState"[])`,
    [job.id, job.attempt, HELD_JOB_STATES, JSON.stringify(resume)],
  );
  return rowCount === 1;
}

export type EndedJob = Pick<Job, "id" | "kind" | "resume">;

/** Ended jobs that still keep what a further attempt would have needed; of those that changed in the last week. */
export async function listEndedJobsWithResume(db: Database): Promise<EndedJob[]> {
  const { rows } = await db.pool.query<EndedJob>(
    `SELECT id, kind, resume FROM job
     WHERE "changedAt" > now() - interval '7 days' AND resume IS NOT NULL AND state = ANY ($1::"JobState"[])`,
    [TERMINAL_JOB_STATES],
  );
  return rows;
}

/** Of an ended job. */
export async function clearJobResume(db: Database, id: string): Promise<void> {
  await db.pool.query(`UPDATE job SET resume = NULL WHERE id = $1 AND state = ANY ($2::"JobState"[])`, [
    id,
    TERMINAL_JOB_STATES,
  ]);
}

export interface JobFailure {
  readonly errorCode: ErrorCode;
  /** one sentence, safe to show */
  readonly errorMessage: string;
  /** whether another attempt may fare better */
  readonly isRetryable: boolean;
}

/** FAILED only when no attempt is left, else QUEUED again; CANCELED where that was asked. null: not ours any more. */
export async function giveUpJob(db: Database, job: JobAttempt, failure: JobFailure): Promise<Job | null> {
  const canceled = await transitionJob(db, job, ["CANCELING"], "CANCELED", { message: failure.errorMessage });
  if (canceled !== null) return canceled;
  const row = await findJobAnywhere(db, job.id);
  if (row === null) return null;
  const to = failure.isRetryable && row.attempt < row.maxAttempts ? "QUEUED" : "FAILED";
  const { errorCode, errorMessage } = failure;
  const change = { message: errorMessage, errorCode, errorMessage };
  const given = await transitionJob(db, job, ["STARTING", "RUNNING"], to, change);
  // A cancel may have come between the two.
  return given ?? transitionJob(db, job, ["CANCELING"], "CANCELED", { message: errorMessage });
}

/** A worker that stops, for whatever reason of its own, gives its job back for another attempt. null: not ours any more. */
export async function handBackJob(db: Database, job: JobAttempt, message: string): Promise<Job | null> {
  const change = { message, isBlameless: true };
  return (
    (await transitionJob(db, job, ["STARTING", "RUNNING"], "QUEUED", change)) ??
    transitionJob(db, job, ["CANCELING"], "CANCELED", { message })
  );
}

/**
 * A job that no worker holds is canceled at once, one that is held is asked to stop; one that has ended stays as it
 * is. null: no such job in the project.
 */
export async function requestJobCancel(
  db: Database,
  projectId: string,
  id: string,
  message = "Cancel was asked for.",
): Promise<Job | null> {
  const guard = { id, projectId };
  const change = { message, isCancelRequested: true };
  return (
    (await transitionJob(db, guard, ["QUEUED", "PAUSED", "INTERRUPTED"], "CANCELED", change)) ??
    (await transitionJob(db, guard, ["STARTING", "RUNNING"], "CANCELING", change)) ??
    // A worker may have given it back meanwhile.
    (await transitionJob(db, guard, ["QUEUED", "PAUSED", "INTERRUPTED"], "CANCELED", change)) ??
    findJob(db, projectId, id)
  );
}

function standing(row: JobStanding | undefined): JobStanding | null {
  return row === undefined ? null : { state: row.state, cancelRequested: row.cancelRequested };
}
