import styles from "./ProgressBar.module.css";

interface ProgressBarProps {
  readonly label: string;
  readonly done: number;
  /** null: how much there is to do is not known */
  readonly total: number | null;
}

export function ProgressBar({ label, done, total }: ProgressBarProps) {
  return total === null || total <= 0 ? (
    <progress className={styles.bar} aria-label={label} />
  ) : (
    <progress className={styles.bar} aria-label={label} value={Math.min(done, total)} max={total} />
  );
}
