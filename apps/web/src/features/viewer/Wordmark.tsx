import styles from "./Wordmark.module.css";

export function Wordmark() {
  return (
    <span className={styles.wordmark}>
      <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">
        <path d="M1 11h5l2-2 3 1.500 2.500-8L16 12l2-2h5" className={styles.trace} />
        <circle cx="13.500" cy="2.500" r="2" className={styles.peak} />
      </svg>
      Engram
    </span>
  );
}
