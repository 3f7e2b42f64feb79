import type { ReactNode } from "react";
import styles from "./Stack.module.css";

/** The vertical rhythm of a page. */
export function Stack({ children }: { children: ReactNode }) {
  return <div className={styles.stack}>{children}</div>;
}
