import type { ReactNode } from "react";
import styles from "./CenteredPage.module.css";

export function CenteredPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
