import type { JobFieldsFragment } from "@engram/sdk";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import {
  formatCount,
  formatDuration,
  formatEnum,
  formatIdentifier,
  formatSignificant,
} from "../../lib/format.ts";
import styles from "./JobProgressView.module.css";
import { isFinished } from "./job-state.ts";

/** What a job is at: phase, how far, how long still, and the figures that tell whether it goes well. */
export function JobProgressView({ job }: { job: JobFieldsFragment }) {
  if (job.state === "FAILED") {
    return <p className={styles.error}>{job.errorMessage ?? "It failed without saying why."}</p>;
  }
  const { progress } = job;
  if (isFinished(job.state) || !progress) return null;
  const total = progress.total ?? null;
  const figures = progress.figures.filter((figure) => figure.value != null);
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
              {formatIdentifier(name)} <strong>{formatSignificant(value)}</strong>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
