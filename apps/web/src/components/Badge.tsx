import type { ReactNode } from "react";
import styles from "./Badge.module.css";

export type Tone = "neutral" | "active" | "ok" | "warn" | "alarm" | "truth";

/** A short state in words: the tone only repeats what the words say. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`${styles.badge} ${styles[tone]}`}>{children}</span>;
}
