// A real PostgreSQL for tests: one server for the whole run where vitest's global setup started it, else one for
// the process. Each caller gets a database of its own, copied from a migrated template.
import { createHash, randomUUID } from "node:crypto";
import {
  applyMigrations,
  createDatabase,
  type Database,
  type DatabaseOptions,
  readMigrations,
} from "@engram/db";
import pg from "pg";
import { startTestServer, type TestServer } from "./postgres-server.ts";

/** Set by the global setup for the processes that run test files. */
export const SERVER_URL_VARIABLE = "ENGRAM_TEST_SERVER_URL";

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  /** Drops the database. */
  close(): Promise<void>;
}

/** A migrated, empty database that nobody else uses. */
export async function startTestDatabase(options: DatabaseOptions = {}): Promise<TestDatabase> {
  const server = await acquireServer();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  try {
    const template = await ensureTemplate(server.url);
    await administrate(server.url, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  } catch (err) {
    await server.stop();
    throw err;
  }
  const url = withDatabase(server.url, name);
  const db = createDatabase(url, options);
  return {
    url,
    db,
    async close() {
      await db.close();
      await administrate(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
      await server.stop();
    },
  };
}

/** An empty database without any table, for tests of the migrations themselves. */
export async function startEmptyDatabase(): Promise<Omit<TestDatabase, "db">> {
  const server = await acquireServer();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administrate(server.url, `CREATE DATABASE ${name}`);
  return {
    url: withDatabase(server.url, name),
    async close() {
      await administrate(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
      await server.stop();
    },
  };
}

let own: Promise<TestServer> | null = null;
let users = 0;

/** The run's server, which is not ours to stop, or the process's own, which its last user stops. */
async function acquireServer(): Promise<TestServer> {
  const url = process.env[SERVER_URL_VARIABLE];
  if (url !== undefined) return { url, stop: async () => undefined };
  own ??= startTestServer();
  users += 1;
  const server = await own;
  return {
    url: server.url,
    async stop() {
      users -= 1;
      if (users > 0) return;
      own = null;
      await server.stop();
    },
  };
}

const TEMPLATE_LOCK = 6_843_021;

/** Made once per server and set of migrations, by whoever comes first. */
async function ensureTemplate(serverUrl: string): Promise<string> {
  const migrations = await readMigrations();
  const hash = createHash("sha256")
    .update(migrations.map(({ checksum }) => checksum).join())
    .digest("hex");
  const template = `template_${hash.slice(0, 16)}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [template]);
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE ${template}_new`);
      await applyMigrations(withDatabase(serverUrl, `${template}_new`));
      await client.query(`ALTER DATABASE ${template}_new RENAME TO ${template}`);
    }
  } finally {
    await client.end();
  }
  return template;
}

async function administrate(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
