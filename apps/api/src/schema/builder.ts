// The schema builder: what is true of every field. Fields are non-null unless they say otherwise; nothing is
// readable by who is not a member; lists cost what they may return.
import type { Role } from "@engram/core";
import { getDatamodel, type PrismaTypes } from "@engram/db/pothos";
import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import PrismaPlugin from "@pothos/plugin-prisma";
import RelayPlugin from "@pothos/plugin-relay";
import ScopeAuthPlugin from "@pothos/plugin-scope-auth";
import { denied, limitExceeded } from "../errors.ts";
import { type ApiContext, prismaOf } from "./context.ts";
import { decodeNodeId, encodeGlobalId } from "./global-id.ts";
import type { PageArguments } from "./page.ts";
import { hasRole } from "./viewer.ts";

export const QUERY_LIMITS = {
  depth: 12,
  breadth: 400,
  complexity: 20_000,
  aliases: 30,
  tokens: 4000,
} as const;
/** What a list without pages is taken to hold. */
const UNPAGED_LIST = 5;

export interface SchemaTypes {
  Context: ApiContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  DefaultAuthStrategy: "all";
  AuthScopes: { role: Role };
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    ID: { Input: string; Output: string };
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ComplexityPlugin, ScopeAuthPlugin, RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  prisma: {
    client: (context) => prismaOf(context),
    dmmf: getDatamodel(),
    exposeDescriptions: false,
  },
  relay: {
    cursorType: "String",
    clientMutationId: "omit",
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: (globalId) => decodeNodeId(globalId),
    nodeFieldOptions: { nullable: false },
    edgesFieldOptions: { nullable: { list: false, items: false } },
    nodesOnConnection: true,
  },
  scopeAuth: {
    authScopes: (context) => ({ role: (least) => hasRole(context.viewer, least) }),
    defaultStrategy: "all",
    treatErrorsAsUnauthorized: true,
    authorizeOnSubscribe: true,
    unauthorizedError: (_parent, context) => denied(context.viewer !== null),
  },
  complexity: {
    limit: QUERY_LIMITS,
    defaultListMultiplier: UNPAGED_LIST,
    fieldComplexity: (args: ListArguments, _context, field) => ({
      field: 1,
      multiplier: listMultiplier(args, field.name, String(field.type)),
    }),
    complexityError: (kind) =>
      limitExceeded(`The query is too large (${kind.toLowerCase()}): ask for less at once.`),
  },
});

interface ListArguments extends PageArguments {
  readonly ids?: readonly unknown[] | null;
}

/** A connection counts its page, `nodes` what it is asked for; what is inside is counted with it. */
function listMultiplier(args: ListArguments, name: string, type: string): number {
  if (args.ids) return args.ids.length;
  const size = args.first ?? args.last;
  if (typeof size === "number") return Math.max(1, size);
  if (!type.includes("[") || name === "nodes" || name === "edges") return 1;
  return UNPAGED_LIST;
}
