// One job at a time through its states: claim the row, run a child process, tell the row how it goes and how it ended.
import type { ErrorCode, JobProgress } from "@engram/core";
import {
  claimJob,
  type Database,
  findJobAnywhere,
  giveUpJob,
  handBackJob,
  heartbeatJob,
  isTerminalJobState,
  type Job,
  type JobStanding,
  transitionJob,
  updateJobProgress,
} from "@engram/db";
import type { BlobStore } from "@engram/storage";
import type { Logger } from "pino";
import type { WorkerEnv } from "../env.ts";
import { removeLeftovers } from "../jobs/leftovers.ts";
import { type ChildOutcome, type JobChild, startJobChild } from "./child-process.ts";
import { makeTempFolder, removeTempFolder } from "./temp-folders.ts";
import { LatestValueThrottle } from "./throttle.ts";

const HEARTBEAT_MS = 5000;
const PROGRESS_MS = 250;
const CANCEL_GRACE_MS = 20_000;
const SHUTDOWN_GRACE_MS = 15_000;

/** Another attempt may fare better; anything else is the input's fault, or would come again. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(["COMPUTE_CRASHED", "UNAVAILABLE", "INTERNAL"]);

export interface JobRunnerOptions {
  readonly env: Pick<WorkerEnv, "databaseUrl" | "storageUrl" | "device" | "importRoots" | "logLevel">;
  readonly workerId: string;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly log: Logger;
  /** puts the job into the queue for its next attempt */
  readonly enqueue: (job: Job) => Promise<void>;
}

export class JobRunner {
  private readonly options: JobRunnerOptions;
  private readonly children = new Map<string, JobChild>();
  private isStopping = false;

  constructor(options: JobRunnerOptions) {
    this.options = options;
  }

  /** Resolves when this attempt is over, whatever came of it; a job that is not ours to run is left alone. */
  async run(jobId: string): Promise<void> {
    const { db, log, workerId } = this.options;
    if (this.isStopping) return;
    const job = await claimJob(db, { id: jobId }, { workerId });
    if (job === null) return;
    const tempFolder = await makeTempFolder();
    log.info({ jobId, kind: job.kind, attempt: job.attempt }, `${job.kind} job ${job.number} starts.`);
    try {
      const outcome = await this.supervise(job, tempFolder);
      const settled = await this.settle(job, outcome);
      log.info(
        { jobId, state: settled?.state, attempt: job.attempt },
        `${job.kind} job ${job.number} ended.`,
      );
    } finally {
      await removeTempFolder(tempFolder);
    }
  }

  /** Something changed in the job's row, perhaps by a person who wants it to end. */
  async onJobChanged(jobId: string): Promise<void> {
    const child = this.children.get(jobId);
    if (child === undefined) return;
    const row = await findJobAnywhere(this.options.db, jobId);
    follow(child, row);
  }

  /** Children stop within a step and keep what is needed to go on; their jobs are queued again. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const children = [...this.children.values()];
    for (const child of children) child.stop(SHUTDOWN_GRACE_MS);
    await Promise.all(children.map((child) => child.outcome));
  }

  private async supervise(job: Job, tempFolder: string): Promise<ChildOutcome> {
    const { db, env, log } = this.options;
    const attempt = { id: job.id, attempt: job.attempt };
    const write = (what: () => Promise<JobStanding | null>) => this.writeStanding(child, what);
    const progress = new LatestValueThrottle<JobProgress>(PROGRESS_MS, (value) =>
      write(() => updateJobProgress(db, attempt, value)),
    );
    let started = Promise.resolve();
    const child = startJobChild(
      {
        job: {
          ...{ id: job.id, organizationId: job.organizationId, projectId: job.projectId },
          ...{ kind: job.kind, attempt: job.attempt, input: job.input, resume: job.resume },
        },
        databaseUrl: env.databaseUrl,
        storageUrl: env.storageUrl,
        device: env.device,
        importRoots: [...env.importRoots],
        logLevel: env.logLevel,
        tempFolder,
      },
      {
        onStarted: (device) => {
          const change = device === null ? {} : { device };
          started = transitionJob(db, attempt, ["STARTING"], "RUNNING", change).then(
            () => undefined,
            (err: unknown) => log.error({ err, jobId: job.id }, "The job's start could not be recorded."),
          );
        },
        onProgress: (value) => progress.offer(value),
      },
    );
    this.children.set(job.id, child);
    if (this.isStopping) child.stop(SHUTDOWN_GRACE_MS);
    const heartbeat = setInterval(() => void write(() => heartbeatJob(db, attempt)), HEARTBEAT_MS);
    try {
      return await child.outcome;
    } finally {
      clearInterval(heartbeat);
      this.children.delete(job.id);
      await started;
      await progress.flush();
    }
  }

  /** A write that fails is tried again by the next one; one that finds the attempt gone ends the child. */
  private async writeStanding(child: JobChild, write: () => Promise<JobStanding | null>): Promise<void> {
    try {
      follow(child, await write());
    } catch (err) {
      this.options.log.warn({ err }, "The job's row could not be written.");
    }
  }

  private async settle(job: Job, outcome: ChildOutcome): Promise<Job | null> {
    const { db, blobs, log, enqueue } = this.options;
    const settled = await this.recordOutcome(job, outcome);
    if (settled === null) {
      log.warn({ jobId: job.id, attempt: job.attempt }, "The job was given to another attempt meanwhile.");
      return null;
    }
    if (settled.state === "QUEUED" && !this.isStopping) await enqueue(settled);
    if (isTerminalJobState(settled.state)) await removeLeftovers(db, blobs, settled);
    return settled;
  }

  private async recordOutcome(job: Job, outcome: ChildOutcome): Promise<Job | null> {
    const { db } = this.options;
    const attempt = { id: job.id, attempt: job.attempt };
    switch (outcome.type) {
      case "succeeded": {
        const done = await transitionJob(db, attempt, ["RUNNING"], "SUCCEEDED", { result: outcome.result });
        return done ?? transitionJob(db, attempt, ["CANCELING"], "CANCELED");
      }
      case "stopped":
        return handBackJob(db, attempt, "Its worker was stopped.");
      case "failed":
        return giveUpJob(db, attempt, {
          errorCode: outcome.failure.code,
          errorMessage: outcome.failure.message,
          isRetryable: RETRYABLE.has(outcome.failure.code),
        });
      case "crashed":
        return giveUpJob(db, attempt, {
          errorCode: "COMPUTE_CRASHED",
          errorMessage: outcome.message,
          isRetryable: true,
        });
      default:
        throw outcome satisfies never;
    }
  }
}

/** What the row asks of the child: to stop, or to end because the attempt is not ours any more. */
function follow(child: JobChild, standing: JobStanding | null): void {
  if (standing === null) child.kill();
  else if (standing.state === "CANCELING") child.stop(CANCEL_GRACE_MS);
}
