import type { JobKind, JobState, ScoringRunState } from "@engram/sdk";
import type { Tone } from "../../components/Badge.tsx";

export const JOB_STATE_TONE: Readonly<Record<JobState, Tone>> = {
  QUEUED: "neutral",
  STARTING: "active",
  RUNNING: "active",
  PAUSING: "active",
  PAUSED: "neutral",
  CANCELING: "warn",
  CANCELED: "neutral",
  SUCCEEDED: "ok",
  FAILED: "alarm",
  INTERRUPTED: "warn",
};

export const SCORING_RUN_STATE_TONE: Readonly<Record<ScoringRunState, Tone>> = {
  PENDING: "neutral",
  RUNNING: "active",
  COMPLETE: "ok",
  FAILED: "alarm",
  CANCELED: "neutral",
};

export const JOB_KIND_NAME: Readonly<Record<JobKind, string>> = {
  INGEST: "Import",
  TRAIN: "Train",
  SCORE: "Score",
  EVALUATE: "Evaluate",
  EXPORT: "Export",
  IMPORT_MODEL: "Import model",
};

export function isFinished(state: JobState): boolean {
  return state === "SUCCEEDED" || state === "FAILED" || state === "CANCELED";
}

export function isCancelable(state: JobState): boolean {
  return !isFinished(state) && state !== "CANCELING";
}

/** How long it took, or has been taking until now; null before it started. */
export function elapsedMs(
  job: { readonly startedAt?: string | null; readonly finishedAt?: string | null },
  nowMs: number,
): number | null {
  if (!job.startedAt) return null;
  const end = job.finishedAt ? Date.parse(job.finishedAt) : nowMs;
  return Math.max(0, end - Date.parse(job.startedAt));
}
