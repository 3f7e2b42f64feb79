// Subscriptions over server-sent events, one request each ("distinct connections"): a cookie or an API key signs it
// like any other request. Queries and mutations have their own door, with Apollo's guards.
import type { Request, Response } from "express";
import { createHandler } from "graphql-sse/lib/use/express";
import type { createErrorFormatter } from "../errors.ts";
import { GraphQLError, type GraphQLSchema, getOperationAST, specifiedRules, validate } from "../graphql.ts";
import type { ApiContext } from "../schema/context.ts";
import { VALIDATION_RULES } from "../schema/validation-rules.ts";

export const STREAM_PATH = "/graphql/stream";

export interface StreamOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: ReturnType<typeof createErrorFormatter>;
  createContext(req: Request): Promise<ApiContext>;
}

type StreamContext = ApiContext & Record<PropertyKey, unknown>;

export function createStreamHandler({ schema, formatError, createContext }: StreamOptions) {
  const rules = [...specifiedRules, ...VALIDATION_RULES];
  return createHandler<StreamContext>({
    schema,
    // Single-connection mode would keep tokens and state between requests.
    authenticate: () => null,
    validate: (target, document) => {
      const errors = validate(target, document, rules);
      if (errors.length > 0) return errors;
      const operation = getOperationAST(document);
      return operation?.operation === "subscription"
        ? []
        : [new GraphQLError("Only subscriptions are served here: send the rest to /graphql.")];
    },
    context: (req) => createContext(req.raw) as Promise<StreamContext>,
    onNext: (_context, _req, result) =>
      result.errors
        ? { ...result, errors: result.errors.map((error) => masked(error, formatError)) }
        : undefined,
  });
}

function masked(error: GraphQLError, formatError: StreamOptions["formatError"]): GraphQLError {
  const { message, extensions } = formatError(error.toJSON(), error);
  return new GraphQLError(message, { ...(extensions ? { extensions } : {}) });
}

export type StreamHandler = (req: Request, res: Response) => Promise<void>;
