// What Apollo adds to every operation: its cost in the answer, and introspection for those who are signed in.
import type { ApolloServerPlugin } from "@apollo/server";
import { isAppError } from "@engram/core";
import { complexityFromQuery } from "@pothos/plugin-complexity";
import { denied } from "../errors.ts";
import { type DocumentNode, type GraphQLSchema, Kind, visit } from "../graphql.ts";
import { QUERY_LIMITS } from "./builder.ts";
import type { ApiContext } from "./context.ts";

export const introspectionForMembers: ApolloServerPlugin<ApiContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ document, contextValue }) {
        if (contextValue.viewer === null && introspects(document)) throw denied(false);
      },
    };
  },
};

function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    [Kind.FIELD]: ({ name }) => {
      if (name.value === "__schema" || name.value === "__type") found = true;
    },
  });
  return found;
}

export const costInExtensions: ApolloServerPlugin<ApiContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ document, schema, request, contextValue, response }) {
        const { body } = response;
        if (!document || body.kind !== "single" || !body.singleResult.data) return;
        const complexity = complexityOf(document, schema, contextValue, request.variables);
        if (complexity === null) return;
        const cost = { requested: complexity, maximum: QUERY_LIMITS.complexity };
        body.singleResult.extensions = { ...body.singleResult.extensions, cost };
      },
    };
  },
};

/** null where arguments are malformed: the answer says so already. */
function complexityOf(
  document: DocumentNode,
  schema: GraphQLSchema,
  ctx: ApiContext,
  variables: Record<string, unknown> = {},
): number | null {
  try {
    return complexityFromQuery(document, { schema, ctx, variables }).complexity;
  } catch (err) {
    if (isAppError(err)) return null;
    throw err;
  }
}
