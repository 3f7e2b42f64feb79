// The one door to PostgreSQL: a Prisma client and plain SQL over one shared pool.
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "./generated/prisma/client.ts";

export interface Database {
  readonly url: string;
  readonly prisma: PrismaClient;
  /** for what Prisma is too slow for, or cannot say: packed blocks, COPY, compare-and-swap */
  readonly pool: pg.Pool;
  /** Waits for the queries that run. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** default 10 */
  readonly maxConnections?: number;
  /** called for each SQL statement that Prisma sends: tests count them */
  readonly onQuery?: (sql: string) => void;
}

/** Prisma's own 2 and 5 seconds end the start of a platform on a machine that trains on all its cores. */
const TRANSACTION_LIMITS = { maxWait: 30_000, timeout: 30_000 };

export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    application_name: "engram",
  });
  // An idle connection that breaks is taken out of the pool; whoever queries next learns of it.
  pool.on("error", () => undefined);
  const adapter = new PrismaPg(pool);
  const { onQuery } = options;
  const prisma =
    onQuery === undefined
      ? new PrismaClient({ adapter, transactionOptions: TRANSACTION_LIMITS })
      : listening(adapter, onQuery);
  return {
    url,
    prisma,
    pool,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

function listening(adapter: PrismaPg, onQuery: (sql: string) => void): PrismaClient {
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: TRANSACTION_LIMITS,
    log: [{ emit: "event", level: "query" }],
  });
  prisma.$on("query", (event: Prisma.QueryEvent) => onQuery(event.query));
  return prisma;
}

/** Runs `work` in one transaction on one connection of the pool. */
export async function inTransaction<T>(
  db: Database,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await db.pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (err) {
    failure = err instanceof Error ? err : new Error(String(err));
    // A connection that cannot even roll back is thrown away below; what went wrong first is what is told.
    await client.query("ROLLBACK").then(
      () => (failure = undefined),
      () => undefined,
    );
    throw err;
  } finally {
    client.release(failure);
  }
}
