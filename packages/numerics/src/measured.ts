// A figure that may be unknown: then it is null and the reason is said, so that no NaN and no invented zero travels on.

export interface Measured {
  readonly value: number | null;
  /** one sentence where the value is null, else null */
  readonly reason: string | null;
}

/**
 * A known figure.
 * @throws RangeError where `value` is not finite: an unknown figure has a reason, not a NaN
 */
export function known(value: number): Measured {
  if (!Number.isFinite(value)) throw new RangeError(`A known figure must be finite, not ${value}.`);
  return { value, reason: null };
}

/** A figure that cannot be told, and why, in one sentence. */
export function unknown(reason: string): Measured {
  return { value: null, reason };
}
