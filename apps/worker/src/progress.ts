// How far a phase of a job is, and when it will be done.
import type { JobProgress } from "@engram/core";

export interface PhaseOptions {
  readonly phase: string;
  readonly unit: string;
  readonly total: number;
  /** how much of `total` an earlier attempt had done */
  readonly alreadyDone?: number;
  /** a monotonic clock in ms */
  readonly clock: () => number;
  readonly report: (progress: JobProgress) => void;
}

export interface Phase {
  /** reports that `done` of the phase's units are done, counted from the start of the job */
  update(done: number, figures?: JobProgress["figures"]): void;
}

/**
 * A phase whose remaining time follows from the mean pace of this attempt so far:
 * `etaMs = elapsed / (done − alreadyDone) · (total − done)`; null until one unit is done, 0 where a total that was
 * estimated is passed.
 */
export function startPhase(options: PhaseOptions): Phase {
  const { phase, unit, total, clock, report } = options;
  const alreadyDone = options.alreadyDone ?? 0;
  const startedAt = clock();
  const update = (done: number, figures: JobProgress["figures"] = {}): void => {
    const gained = done - alreadyDone;
    const etaMs =
      gained > 0 ? Math.round(((clock() - startedAt) / gained) * Math.max(0, total - done)) : null;
    report({ phase, done, total, unit, etaMs, figures });
  };
  update(alreadyDone);
  return { update };
}
