// Waiting for a job: its progress on standard error, its end as a value, its failure as an error.
import { AppError } from "@engram/core";
import type { EngramClient } from "@engram/sdk";
import { fetchJob, type WatchedJob } from "./jobs.ts";
import { duration } from "./output.ts";
import { createProgressLine } from "./progress-line.ts";

const POLL_INTERVAL_MS = 500;

const isOver = (job: WatchedJob) =>
  job.state === "SUCCEEDED" || job.state === "FAILED" || job.state === "CANCELED";

/** @throws AppError with the job's own code and sentence when it fails; CANCELED when it was canceled */
export async function watchJob(client: EngramClient, jobNumber: number): Promise<WatchedJob> {
  const line = createProgressLine();
  try {
    for (;;) {
      const job = await fetchJob(client, jobNumber);
      line.update(`${job.state}/${job.attempt}/${job.progress?.phase ?? ""}`, describe(job));
      if (isOver(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
    }
  } finally {
    line.end();
  }
}

export async function watchToSuccess(client: EngramClient, jobNumber: number): Promise<WatchedJob> {
  const job = await watchJob(client, jobNumber);
  if (job.state === "SUCCEEDED") return job;
  const reason = job.errorMessage ?? (job.state === "CANCELED" ? "canceled" : "failed");
  throw new AppError(job.state === "CANCELED" ? "CANCELED" : "INTERNAL", `Job ${job.number}: ${reason}`);
}

function describe(job: WatchedJob): string {
  const head = `job ${job.number} ${job.state.toLowerCase()}`;
  const { progress } = job;
  if (!progress || isOver(job)) return head;
  const total = progress.total == null ? "" : `/${progress.total}`;
  const parts = [`${head}: ${progress.phase} ${progress.done}${total} ${progress.unit}`];
  const epochs = progress.figures.find(({ name }) => name === "epochs")?.value;
  for (const { name, value } of progress.figures) {
    if (value == null || name === "epochs") continue;
    const of = name === "epoch" && epochs != null ? ` of ${epochs}` : "";
    parts.push(`${words(name)} ${formatFigure(value)}${of}`);
  }
  if (progress.etaMs != null) parts.push(`${duration(progress.etaMs)} left`);
  return parts.join(", ");
}

const formatFigure = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(4));

/** `millisecondsPerStep` → `milliseconds per step` */
const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
