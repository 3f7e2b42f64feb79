import type { EstimateFieldsFragment } from "@engram/sdk";
import { MeasuredValue } from "../../components/MeasuredValue.tsx";
import { formatScore } from "../../lib/format.ts";
import styles from "./EstimateValue.module.css";

/** A figure with its interval below, or a dash with the reason. */
export function EstimateValue({ estimate }: { estimate: EstimateFieldsFragment | undefined }) {
  const { low, high } = estimate?.interval ?? {};
  return (
    <>
      <MeasuredValue measured={estimate} />
      {low == null || high == null ? null : (
        <span className={styles.interval}>
          {formatScore(low)}–{formatScore(high)}
        </span>
      )}
    </>
  );
}
