// The whole schema: every module adds its part to the builder by being imported.
import type { GraphQLSchema } from "../graphql.ts";
import "./scalars.ts";
import "../modules/viewer/queries.ts";
import "../modules/architecture/queries.ts";
import "../modules/project/types.ts";
import "../modules/project/queries.ts";
import "../modules/dataset/types.ts";
import "../modules/dataset/version-types.ts";
import "../modules/clip/types.ts";
import "../modules/picture/types.ts";
import "../modules/model/types.ts";
import "../modules/model/export-types.ts";
import "../modules/model/mutations.ts";
import "../modules/scoring-run/types.ts";
import "../modules/event/types.ts";
import "../modules/job/types.ts";
import "../modules/job/mutations.ts";
import "../modules/job/subscriptions.ts";
import "../modules/upload/mutations.ts";
import "../modules/worker/types.ts";
import "../modules/worker/queries.ts";
import { builder } from "./builder.ts";

// Denied unless a field says otherwise: reading is for every member, changing things for MEMBER and above.
builder.queryType({ authScopes: { role: "VIEWER" } });
builder.mutationType({ authScopes: { role: "MEMBER" } });
builder.subscriptionType({ authScopes: { role: "VIEWER" } });

let built: GraphQLSchema | null = null;

export function engramSchema(): GraphQLSchema {
  built ??= builder.toSchema({ sortSchema: true });
  return built;
}
