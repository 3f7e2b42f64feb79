import type { ReactNode } from "react";
import styles from "./Notice.module.css";

interface NoticeProps {
  readonly tone?: "info" | "warn" | "alarm";
  readonly title?: string;
  readonly children: ReactNode;
}

/** A sentence that matters here and now; a failure is announced. */
export function Notice({ tone = "info", title, children }: NoticeProps) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={tone === "alarm" ? "alert" : "note"}>
      {title === undefined ? null : <p className={styles.title}>{title}</p>}
      {children}
    </div>
  );
}
