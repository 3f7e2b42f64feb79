import { AppError } from "@engram/core";

/** @throws AppError CANCELED once the signal is aborted */
export function throwIfCanceled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new AppError("CANCELED", "The work was canceled.", { cause: signal.reason });
}
