// The one place where errors become what a client may see: a stable code and a sentence, never a message of Prisma,
// a path or a stack.
import { type AppError, type ErrorCode, isAppError } from "@engram/core";
import { PothosValidationError } from "@pothos/core";
import type { ApiLog } from "./config.ts";
import { GraphQLError, type GraphQLFormattedError } from "./graphql.ts";

/** Codes of GraphQL's own layers (Apollo, validation) that are fit to be shown as they are. */
const PROTOCOL_CODES = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_REQUEST",
  "BAD_USER_INPUT",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);
const SECRET_MESSAGE = "Something went wrong on the server; the failure was logged.";

/** An error that denies: `viewer` tells the two apart. */
export function denied(isSignedIn: boolean): GraphQLError {
  return isSignedIn
    ? new GraphQLError("You may not do this.", { extensions: { code: "FORBIDDEN" } })
    : new GraphQLError("Sign in first.", { extensions: { code: "UNAUTHENTICATED" } });
}

export function limitExceeded(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "LIMIT_EXCEEDED" } });
}

/** Apollo's `formatError`, and that of the event stream. */
export function createErrorFormatter(log: ApiLog) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = rootCause(error);
    const place = { ...pick(formatted, "locations"), ...pick(formatted, "path") };
    if (isAppError(cause) && cause.code !== "INTERNAL") {
      return { message: cause.message, ...place, extensions: appErrorExtensions(cause) };
    }
    const own = cause instanceof GraphQLError ? cause.extensions.code : undefined;
    const code = own ?? formatted.extensions?.code;
    const isOurs = cause instanceof GraphQLError && (code === "FORBIDDEN" || code === "UNAUTHENTICATED");
    if (isOurs || code === "LIMIT_EXCEEDED" || (typeof code === "string" && PROTOCOL_CODES.has(code))) {
      return { message: formatted.message, ...place, extensions: { code } };
    }
    if (cause instanceof PothosValidationError) {
      return { message: cause.message, ...place, extensions: { code: "BAD_USER_INPUT" } };
    }
    if (cause instanceof GraphQLError && cause.originalError === undefined && formatted.path === undefined) {
      return { message: formatted.message, ...place, extensions: { code: "GRAPHQL_VALIDATION_FAILED" } };
    }
    log.error({ err: cause, path: formatted.path }, "A request failed unexpectedly.");
    return { message: SECRET_MESSAGE, ...place, extensions: { code: "INTERNAL" satisfies ErrorCode } };
  };
}

function appErrorExtensions(error: AppError): Record<string, unknown> {
  return error.field === undefined ? { code: error.code } : { code: error.code, field: error.field };
}

function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCause(error.originalError) : error;
}

function pick<K extends "locations" | "path">(formatted: GraphQLFormattedError, key: K) {
  return formatted[key] === undefined ? {} : { [key]: formatted[key] };
}

export interface UserError {
  readonly message: string;
  readonly field: string | null;
  readonly code: string;
}

/** Runs a mutation's work: an expected failure becomes data, anything else goes on being thrown. */
export async function withUserErrors<T extends object>(
  empty: T,
  work: () => Promise<T>,
): Promise<T & { readonly userErrors: readonly UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (err) {
    if (!isAppError(err) || err.code === "INTERNAL") throw err;
    return { ...empty, userErrors: [{ message: err.message, field: err.field ?? null, code: err.code }] };
  }
}
