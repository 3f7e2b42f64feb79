// The state machine of jobs. Terminal states never change.
import type { JobState } from "@engram/core";

export const JOB_TRANSITIONS: Readonly<Record<JobState, readonly JobState[]>> = {
  QUEUED: ["STARTING", "CANCELED"],
  STARTING: ["RUNNING", "CANCELING", "FAILED", "QUEUED", "INTERRUPTED"],
  RUNNING: ["SUCCEEDED", "PAUSING", "CANCELING", "FAILED", "QUEUED", "INTERRUPTED"],
  PAUSING: ["PAUSED", "INTERRUPTED"],
  PAUSED: ["QUEUED", "CANCELED"],
  CANCELING: ["CANCELED", "INTERRUPTED"],
  INTERRUPTED: ["QUEUED", "CANCELED", "FAILED"],
  CANCELED: [],
  SUCCEEDED: [],
  FAILED: [],
};

/** A worker has the job in its hands, and its heartbeat counts. */
export const HELD_JOB_STATES = ["STARTING", "RUNNING", "PAUSING", "CANCELING"] as const satisfies JobState[];

export const TERMINAL_JOB_STATES = ["SUCCEEDED", "FAILED", "CANCELED"] as const satisfies JobState[];

export function isTerminalJobState(state: JobState): boolean {
  return JOB_TRANSITIONS[state].length === 0;
}

export function isLegalJobTransition(from: JobState, to: JobState): boolean {
  return JOB_TRANSITIONS[from].includes(to);
}

/** A new attempt begins where a worker gave the job back or was lost; a paused one goes on in its attempt. */
export function beginsNewAttempt(from: JobState, to: JobState): boolean {
  return to === "QUEUED" && from !== "PAUSED";
}
