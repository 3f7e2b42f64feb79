import styles from "./Command.module.css";

/** Lines to type into a terminal. */
export function Command({ lines }: { lines: readonly string[] }) {
  return (
    <pre className={styles.command}>
      <code>{lines.join("\n")}</code>
    </pre>
  );
}
