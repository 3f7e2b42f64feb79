// Whatever can go wrong between a client and the API, as one error with a code of the house.
import { AppError, ERROR_CODES, type ErrorCode } from "@engram/core";
import { NetworkError } from "graphql-sse";

export class EngramApiError extends AppError {
  /** HTTP status, where an answer came at all */
  readonly status: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { field?: string; cause?: unknown; status?: number } = {},
  ) {
    super(code, message, options);
    this.name = "EngramApiError";
    this.status = options.status;
  }
}

/** A failure the API gave as data. */
export interface UserError {
  readonly message: string;
  readonly field?: string | null;
  readonly code: string;
}

/** The payload of a mutation, once it is known to hold no failure. @throws EngramApiError the first `userErrors` */
export function requireSuccess<T extends { readonly userErrors: readonly UserError[] }>(payload: T): T {
  const first = payload.userErrors[0];
  if (!first) return payload;
  throw new EngramApiError(toErrorCode(first.code), first.message, first.field ? { field: first.field } : {});
}

interface GraphQLAnswer {
  readonly status?: number;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

/** What graphql-request, graphql-sse or fetch throws. An abort is passed on as it is. */
export function toApiError(err: unknown): Error {
  if (err instanceof EngramApiError || isAbort(err)) return err as Error;
  if (err instanceof NetworkError) {
    return err.response ? fromStatus(err.response.status, err) : unreachable(err);
  }
  const answer = answerOf(err);
  return answer ? fromAnswer(answer, err) : unreachable(err);
}

export function fromAnswer(answer: GraphQLAnswer, cause?: unknown): EngramApiError {
  const first = answer.errors?.[0];
  if (!first) return fromStatus(answer.status ?? 0, cause);
  const { code, field } = first.extensions ?? {};
  return new EngramApiError(toErrorCode(code), first.message, {
    cause,
    ...(typeof field === "string" ? { field } : {}),
    ...(answer.status === undefined ? {} : { status: answer.status }),
  });
}

export function fromStatus(status: number, cause?: unknown): EngramApiError {
  const [code, message] = describeStatus(status);
  return new EngramApiError(code, message, { cause, status });
}

function describeStatus(status: number): [ErrorCode, string] {
  switch (status) {
    case 401:
      return ["UNAUTHENTICATED", "Sign in first."];
    case 403:
      return ["FORBIDDEN", "You may not do this."];
    case 404:
      return ["NOT_FOUND", "There is nothing of that name here."];
    case 429:
      return ["LIMIT_EXCEEDED", "Too much was asked at once: try again in a moment."];
    default:
      if (status >= 400 && status < 500) return ["BAD_INPUT", `The server refused the request (${status}).`];
      return ["UNAVAILABLE", `The server cannot answer now (${status}).`];
  }
}

function unreachable(cause: unknown): EngramApiError {
  return new EngramApiError("UNAVAILABLE", "The server does not answer.", { cause });
}

function toErrorCode(code: unknown): ErrorCode {
  const known = ERROR_CODES.find((one) => one === code);
  if (known) return known;
  const isMalformed = typeof code === "string" && /^(GRAPHQL_|BAD_|PERSISTED_|OPERATION_)/.test(code);
  return isMalformed ? "BAD_INPUT" : "INTERNAL";
}

function isAbort(err: unknown): boolean {
  return err instanceof Error && err.name === "AbortError";
}

function answerOf(err: unknown): GraphQLAnswer | undefined {
  return err instanceof Error &&
    "response" in err &&
    typeof err.response === "object" &&
    err.response !== null
    ? err.response
    : undefined;
}
