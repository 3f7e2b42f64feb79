// What a resolver gets beside its arguments. Prisma's client stays out of the context's type, which the compiler
// would otherwise unfold for every field of the schema.
import type { Database } from "@engram/db";
import type { PrismaClient } from "@engram/db/pothos";
import type { Loaders } from "./loaders.ts";
import type { Services } from "./services.ts";
import type { Viewer } from "./viewer.ts";

export interface ApiContext {
  readonly viewer: Viewer | null;
  readonly services: Services;
  readonly loaders: Loaders;
}

const clients = new WeakMap<ApiContext, PrismaClient>();

export function createContext(database: Database, fields: ApiContext): ApiContext {
  const context: ApiContext = { ...fields };
  clients.set(context, database.prisma);
  return context;
}

export function prismaOf(context: ApiContext): PrismaClient {
  const client = clients.get(context);
  if (!client) throw new Error("This context was not made by createContext.");
  return client;
}

/** The organization whose rows the viewer may see. Fields that call this are for members only. */
export function organizationOf(context: ApiContext): string {
  if (!context.viewer) throw new Error("A field for members was resolved without one.");
  return context.viewer.organizationId;
}
