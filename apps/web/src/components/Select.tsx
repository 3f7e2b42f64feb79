import type { ReactNode } from "react";
import styles from "./Select.module.css";

interface SelectProps {
  /** for those who do not see what it stands beside */
  readonly label: string;
  readonly title?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** its options */
  readonly children: ReactNode;
}

/** A small select among other controls; those of a form are in a Field. */
export function Select({ label, title, value, onChange, children }: SelectProps) {
  return (
    <select
      aria-label={label}
      title={title}
      className={styles.select}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {children}
    </select>
  );
}
