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

/** By the services, which are the same object in every copy that is made of a context. */
const clients = new WeakMap<Services, PrismaClient>();

export function createContext(database: Database, context: ApiContext): ApiContext {
  clients.set(context.services, database.prisma);
  return context;
}

export function prismaOf(context: ApiContext): PrismaClient {
  const client = clients.get(context.services);
  if (!client) throw new Error("This context was not made by createContext.");
  return client;
}

/** The organization whose rows the viewer may see. Fields that call this are for members only. */
export function organizationOf(context: ApiContext): string {
  if (!context.viewer) throw new Error("A field for members was resolved without one.");
  return context.viewer.organizationId;
}
