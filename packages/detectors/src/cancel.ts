import { AppError } from "@engram/core";

/** @throws AppError CANCELED where the signal is aborted */
export function throwIfCanceled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new AppError("CANCELED", `${what} was canceled.`, { cause: signal.reason });
}
