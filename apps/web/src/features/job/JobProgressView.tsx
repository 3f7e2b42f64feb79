import type { JobFieldsFragment } from "@engram/sdk";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { formatCount, formatDuration, formatEnum } from "../../lib/format.ts";
import styles from "./JobProgressView.module.css";
import { isFinished } from "./job-state.ts";
import { liveFigures } from "./live-figures.ts";

/** Of many, those that tell the most. */
const BRIEF_FIGURES = 3;

interface JobProgressProps {
  readonly job: JobFieldsFragment;
  /** a line among others */
  readonly isBrief?: boolean;
}

/** What a job is at: phase, how far, how long still, and the figures that tell whether it goes well. */
export function JobProgressView({ job, isBrief = false }: JobProgressProps) {
  if (job.state === "FAILED") {
    return <p className={styles.error}>{job.errorMessage ?? "It failed without saying why."}</p>;
  }
  const { progress } = job;
  if (isFinished(job.state) || !progress) return null;
  const total = progress.total ?? null;
  const figures = liveFigures(progress.figures).slice(0, isBrief ? BRIEF_FIGURES : undefined);
  return (
    <div className={styles.progress}>
      <p className={styles.line}>
        <span>{formatEnum(progress.phase)}</span>
        <span>
          {formatCount(progress.done)}
          {total === null ? "" : ` / ${formatCount(total)}`} {progress.unit}
        </span>
        {progress.etaMs == null ? null : <span>{formatDuration(progress.etaMs)} left</span>}
      </p>
      <ProgressBar label={`Progress of job ${job.number}`} done={progress.done} total={total} />
      {figures.length === 0 ? null : (
        <p className={styles.figures}>
          {figures.map(({ name, value }) => (
            <span key={name}>
              {name} <strong>{value}</strong>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
