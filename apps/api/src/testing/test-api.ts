// A whole API for tests, on a free port of the loopback address, over a real database, queue and blob store.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Database } from "@engram/db";
import { createJobQueue } from "@engram/queue";
import { type BlobStore, createBlobStore } from "@engram/storage";
import express from "express";
import { type Api, createApi } from "../api.ts";
import type { Bootstrapped } from "../auth/bootstrap.ts";
import type { ApiConfig } from "../config.ts";

export interface TestApiResources {
  readonly db: Database;
  readonly url: string;
  readonly folder: string;
}

export interface GraphqlAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly data: T | null | undefined;
  readonly errors: readonly { message: string; extensions: { code: string; field?: string } }[];
  readonly extensions?: Record<string, unknown> | undefined;
  readonly text: string;
}

export interface TestApi {
  readonly api: Api;
  readonly baseUrl: string;
  readonly storage: BlobStore;
  readonly owner: Bootstrapped;
  /** the owner's */
  readonly apiKey: string;
  /** SQL statements that were sent, by anybody, since the last reset */
  readonly statements: string[];
  /** what was logged as an error */
  readonly errors: object[];
  /** Signs in with a fresh link, as the command line does. */
  signIn(email?: string): Promise<string>;
  /** A user of the organization, with an API key. */
  addMember(organizationId: string, role: string): Promise<{ userId: string; apiKey: string }>;
  /** As the owner, unless other headers are given. */
  query<T = Record<string, unknown>>(
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<GraphqlAnswer<T>>;
  close(): Promise<void>;
}

const QUIET = { info: () => undefined, warn: () => undefined };

export async function startTestApi(
  { db, url, folder }: TestApiResources,
  overrides: Partial<ApiConfig> = {},
): Promise<TestApi> {
  const statements = listenToStatements(db);
  const errors: object[] = [];
  const queue = await createJobQueue({ databaseUrl: url });
  const storage = createBlobStore(join(folder, "blobs"));
  const app = express();
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    baseUrl,
    databaseUrl: url,
    secret: "a secret of the tests, long enough",
    uploadFolder: join(folder, "uploads"),
    maxUploadBytes: 1_000_000,
    importRoots: [],
    signInsPerMinute: 1000,
    ...overrides,
  };
  const log = { ...QUIET, error: (details: object) => void errors.push(details) };
  const api = await createApi({ database: db, queue, storage, config, log });
  api.mount(app);
  const owner = await api.bootstrapOwner({
    email: "owner@engram.test",
    name: "Owner",
    organizationName: "Home",
    projectName: "Default",
  });
  const signIn = (email?: string) => exchangeLink(api, baseUrl, email);
  const apiKey = await signIn();
  return {
    ...{ api, baseUrl, storage, owner, apiKey, statements, errors, signIn },
    async addMember(organizationId, role) {
      const email = `${role}-${crypto.randomUUID()}@engram.test`;
      const user = await db.prisma.user.create({ data: { email, name: role, emailVerified: true } });
      await db.prisma.member.create({ data: { organizationId, userId: user.id, role } });
      return { userId: user.id, apiKey: await signIn(email) };
    },
    async query<T>(query: string, variables: object = {}, headers: Record<string, string> = bearer(apiKey)) {
      return (await sendQuery(baseUrl, { query, variables }, headers)) as GraphqlAnswer<T>;
    },
    async close() {
      await api.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await queue.close();
    },
  };
}

export function bearer(apiKey: string): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

async function sendQuery(
  baseUrl: string,
  body: object,
  headers: Record<string, string>,
): Promise<GraphqlAnswer<unknown>> {
  const response = await fetch(`${baseUrl}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { data, errors, extensions } = parseAnswer(text);
  return { status: response.status, data, errors: errors ?? [], extensions, text };
}

function parseAnswer(text: string): Partial<GraphqlAnswer<unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`The answer is not JSON: ${text.slice(0, 200)}`);
  }
}

async function exchangeLink(api: Api, baseUrl: string, email?: string): Promise<string> {
  const link = await api.createSignInLink({ callbackPath: "/datasets", ...(email ? { email } : {}) });
  const response = await fetch(`${baseUrl}/api/cli/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: new URL(link).searchParams.get("token") }),
  });
  if (!response.ok) throw new Error(`The link was refused: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { apiKey: string }).apiKey;
}

/** Prisma's statements and the repositories' own go through this pool alike. */
function listenToStatements(db: Database): string[] {
  const statements: string[] = [];
  const send = db.pool.query.bind(db.pool) as (...args: unknown[]) => unknown;
  Object.assign(db.pool, {
    query: (...args: unknown[]) => {
      const [first] = args;
      statements.push(typeof first === "string" ? first : String((first as { text?: string }).text));
      return send(...args);
    },
  });
  return statements;
}
