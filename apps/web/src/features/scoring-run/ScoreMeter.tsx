import { formatScore } from "../../lib/format.ts";
import styles from "./ScoreMeter.module.css";

/** A score in [0, 1] with its length beside it, so that a column can be read at a glance. */
export function ScoreMeter({ score }: { score: number | null }) {
  return (
    <span className={styles.meter}>
      <span className={styles.value}>{formatScore(score)}</span>
      {score === null ? null : (
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect width="100" height="6" className={styles.rail} />
          <rect width={Math.max(0, Math.min(1, score)) * 100} height="6" className={styles.fill} />
        </svg>
      )}
    </span>
  );
}
