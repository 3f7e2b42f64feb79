// Figures with their intervals, as a terminal shows them.
import type { EstimateFieldsFragment } from "@engram/sdk";

export type Estimate = EstimateFieldsFragment;

/** `0.9340 [0.9012, 0.9611]`, `0.9340 [-]`, `-` */
export function estimate({ value, interval: { low, high } }: Estimate, digits = 4): string {
  if (value == null) return "-";
  const bounds = low == null || high == null ? "-" : `${low.toFixed(digits)}, ${high.toFixed(digits)}`;
  return `${value.toFixed(digits)} [${bounds}]`;
}

/** What each "-" stands for, every reason once. */
export function reasonLines(estimates: readonly Estimate[]): string[] {
  const reasons = estimates.flatMap(({ reason, interval }) => [reason, interval.reason]);
  return [...new Set(reasons.filter((reason) => reason != null))].map((reason) => `-: ${reason}`);
}
