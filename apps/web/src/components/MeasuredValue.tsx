import { formatScore, UNKNOWN } from "../lib/format.ts";
import styles from "./MeasuredValue.module.css";

interface MeasuredValueProps {
  readonly measured: { readonly value?: number | null; readonly reason?: string | null } | null | undefined;
  /** said where nothing was measured at all */
  readonly otherwise?: string;
  readonly digits?: number;
}

/** A figure, or a dash with the reason why there is none. */
export function MeasuredValue({ measured, otherwise, digits = 3 }: MeasuredValueProps) {
  if (measured?.value != null) return <>{formatScore(measured.value, digits)}</>;
  const reason = measured?.reason ?? otherwise;
  return (
    <span className={styles.unknown}>
      {UNKNOWN}
      {reason ? <small>{reason}</small> : null}
    </span>
  );
}
