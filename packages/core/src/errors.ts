// One tree of expected errors. Each carries a stable code; Apollo's formatError and the job runner map
// them once. A message names the thing, the rule, what was expected and what came.

export const ERROR_CODES = [
  "BAD_INPUT",
  "NOT_FOUND",
  "CONFLICT",
  "FORBIDDEN",
  "UNAUTHENTICATED",
  "LIMIT_EXCEEDED",
  "UNAVAILABLE",
  "EMPTY_SOURCE",
  "UNKNOWN_LAYOUT",
  "DECODE_FAILED",
  "LABEL_MISMATCH",
  "NO_TRAINING_CLIPS",
  "CLIP_TOO_SHORT",
  "UNKNOWN_ARCHITECTURE",
  "UNKNOWN_DEVICE",
  "UNSUPPORTED_KERNEL",
  "CORRUPT_CHECKPOINT",
  "EXPORT_MISMATCH",
  "PORT_IN_USE",
  "DATA_FOLDER_NOT_WRITABLE",
  "DATA_FOLDER_IN_USE",
  "CANCELED",
  "TRAINING_DIVERGED",
  "COMPUTE_CRASHED",
  "INTERNAL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An expected failure, safe to show to the user: `message` holds no path of the server and no secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** dotted path of the input field at fault, where there is one */
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.field = options.field;
  }
}

export function isAppError(err: unknown): err is AppError {
  return err instanceof AppError;
}
