// Applies prisma/migrations without Prisma's schema engine (which would have to be downloaded), and records them
// in `_prisma_migrations` as Prisma does, under the lock that Prisma takes: `prisma migrate deploy` goes on from there.
import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@engram/core";
import pg from "pg";
import { z } from "zod";

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** sha256 of the file, hexadecimal */
  readonly checksum: string;
}

const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));
/** The key of the advisory lock in Prisma's schema engine. */
const PRISMA_LOCK = 72_707_369;

const MIGRATIONS_TABLE = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                  VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"            VARCHAR(64) NOT NULL,
    "finished_at"         TIMESTAMPTZ,
    "migration_name"      VARCHAR(255) NOT NULL,
    "logs"                TEXT,
    "rolled_back_at"      TIMESTAMPTZ,
    "started_at"          TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies what the database has not had yet, in order, each in a transaction of its own; returns the names applied.
 * @throws AppError CONFLICT where an applied migration differs from the file, failed, or is unknown here
 */
export async function applyMigrations(
  databaseUrl: string,
  migrationsFolder: string = MIGRATIONS_FOLDER,
): Promise<string[]> {
  const migrations = await readMigrations(migrationsFolder);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
    await client.query(MIGRATIONS_TABLE);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await applyOne(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    // Ends the session, and its lock with it.
    await client.end();
  }
}

export async function readMigrations(folder: string = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(path.join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

const appliedSchema = z.object({
  migration_name: z.string(),
  checksum: z.string(),
  finished_at: z.date().nullable(),
});

async function findPending(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query(
    `SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = new Set<string>();
  for (const row of z.array(appliedSchema).parse(rows)) {
    const name = row.migration_name;
    if (row.finished_at === null) {
      throw new AppError(
        "CONFLICT",
        `Migration ${name} failed on this database: mend it with "prisma migrate resolve".`,
      );
    }
    const migration = known.get(name);
    if (migration === undefined) {
      throw new AppError(
        "CONFLICT",
        `The database has the migration ${name}, which this version of Engram does not know: start a newer version.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new AppError(
        "CONFLICT",
        `Migration ${name} was changed after it had been applied: expected checksum ${row.checksum}, got ${migration.checksum}.`,
      );
    }
    applied.add(name);
  }
  return migrations.filter((migration) => !applied.has(migration.name));
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO "_prisma_migrations"
         (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (err) {
    await client.query("ROLLBACK");
    throw err;
  }
}
