// What Apollo adds to every operation: its cost in the answer, and introspection for those who are signed in.
import type { ApolloServerPlugin } from "@apollo/server";
import { complexityFromQuery } from "@pothos/plugin-complexity";
import { type DocumentNode, Kind, visit } from "graphql";
import { denied } from "../errors.ts";
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
        const { complexity } = complexityFromQuery(document, {
          schema,
          ctx: contextValue,
          ...(request.variables ? { variables: request.variables } : {}),
        });
        const cost = { requested: complexity, maximum: QUERY_LIMITS.complexity };
        body.singleResult.extensions = { ...body.singleResult.extensions, cost };
      },
    };
  },
};
