import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { makeTempFolder, startEmptyDatabase, startTestDatabase, type TempFolder } from "@engram/testkit";
import pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyMigrations, readMigrations } from "./migrations.ts";
import { readDatabaseSchema } from "./testing/database-schema.ts";
import { readPrismaSchema } from "./testing/prisma-schema.ts";

/** The last migration of the version without pictures, imported models and validation clips. */
const BEFORE_PICTURES = "20261122203000_devices_exports_precision";
const PRISMA_FOLDER = new URL("../../../prisma/", import.meta.url);

const ID = "0196b1f0-0000-7000-8000-000000000001";
/** One row each of what gained columns; what they point at is left out. */
const OLDER_ROWS = `
SET session_replication_role = replica;
INSERT INTO "upload" ("id", "organizationId", "projectId", "createdById", "fileName")
VALUES ('${ID}', '${ID}', '${ID}', '${ID}', 'gate.tar');
INSERT INTO "clip" ("id", "organizationId", "projectId", "datasetVersionId", "split", "ordinal", "name", "width",
  "height", "frameCount")
VALUES ('${ID}', '${ID}', '${ID}', '${ID}', 'TEST', 0, '01', 64, 48, 9);
INSERT INTO "model_version" ("id", "organizationId", "projectId", "modelId", "number", "datasetVersionId",
  "hyperparameters", "checkpointHash", "calibration", "metrics")
VALUES ('${ID}', '${ID}', '${ID}', '${ID}', 1, '${ID}', '{}', 'aa',
  '{"frameCount": 2, "samples": {"PSNR": [30, 31], "REGION_ERROR": [0.1, 0.2]}}', '{}');
INSERT INTO "scoring_run" ("id", "organizationId", "projectId", "modelVersionId", "datasetVersionId", "jobId", "lanes")
VALUES ('${ID}', '${ID}', '${ID}', '${ID}', '${ID}', '${ID}', '{PSNR}');
INSERT INTO "error_map_block" ("scoringRunId", "clipId", "block", "width", "height", "scaleMax", "frameCount",
  "blobHash", "offsets", "retention")
VALUES ('${ID}', '${ID}', 0, 64, 48, 0.5, 9, 'aa', '', 'KEEP');`;

describe("the committed migrations", async () => {
  const { db, close } = await startTestDatabase();
  afterAll(close);

  it("make the database that schema.prisma describes", async () => {
    const schema = readPrismaSchema(await readFile(new URL("schema.prisma", PRISMA_FOLDER), "utf8"));
    const database = await readDatabaseSchema(db.pool);
    expect(schema.columns.length).toBeGreaterThan(200);
    expect(database).toEqual(schema);
  });
});

describe("rows of the version before pictures and imported models", () => {
  it("stay as they were, of videos and data sets, without what was calibrated for another measure", async () => {
    const [database, older] = await Promise.all([startEmptyDatabase(), makeTempFolder()]);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const migrations = fileURLToPath(new URL("migrations/", PRISMA_FOLDER));
      const known = (await readMigrations())
        .map(({ name }) => name)
        .filter((name) => name <= BEFORE_PICTURES);
      for (const name of known)
        await cp(path.join(migrations, name), path.join(older.path, name), { recursive: true });
      expect(await applyMigrations(database.url, older.path)).toEqual(known);
      await client.query(OLDER_ROWS);
      expect((await applyMigrations(database.url)).length).toBeGreaterThan(0);
      const one = async (columns: string, table: string) =>
        (await client.query<object>(`SELECT ${columns} FROM "${table}"`)).rows;
      expect(await one(`"purpose"`, "upload")).toEqual([{ purpose: "DATASET" }]);
      expect(await one(`"kind", "frameNames", "frameSizes"`, "clip")).toEqual([
        { kind: "VIDEO", frameNames: [], frameSizes: null },
      ]);
      expect(await one(`"calibration", "importedFrom", "bestCheckpointHash"`, "model_version")).toEqual([
        {
          ...{ importedFrom: null, bestCheckpointHash: null },
          calibration: { frameCount: 2, samples: { PSNR: [30, 31] } },
        },
      ]);
      expect(await one(`"memory", "lanes"`, "scoring_run")).toEqual([{ memory: "UPDATE", lanes: ["PSNR"] }]);
      expect(await one(`"bitsPerPixel"`, "error_map_block")).toEqual([{ bitsPerPixel: 8 }]);
    } finally {
      await client.end();
      await Promise.all([database.close(), older.remove()]);
    }
  });
});

describe("applyMigrations", () => {
  let database: Awaited<ReturnType<typeof startEmptyDatabase>>;
  let folder: TempFolder;
  beforeEach(async () => {
    [database, folder] = await Promise.all([startEmptyDatabase(), makeTempFolder()]);
    await addMigration("20260101000000_first", "CREATE TABLE one (id int);");
    await addMigration("20260102000000_second", "ALTER TABLE one ADD COLUMN name text;");
  });
  afterEach(async () => {
    await database.close();
    await folder.remove();
  });

  async function addMigration(name: string, sql: string): Promise<void> {
    await mkdir(path.join(folder.path, name), { recursive: true });
    await writeFile(path.join(folder.path, name, "migration.sql"), sql);
  }

  async function query(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it("applies each migration once and in order, however many start at the same time", async () => {
    const applied = await Promise.all([1, 2, 3, 4].map(() => applyMigrations(database.url, folder.path)));
    expect(applied.flat()).toEqual(["20260101000000_first", "20260102000000_second"]);
    expect(await applyMigrations(database.url, folder.path)).toEqual([]);
  });

  it("records them as Prisma does", async () => {
    await applyMigrations(database.url, folder.path);
    const [first] = await readMigrations(folder.path);
    const rows = await query(`SELECT * FROM "_prisma_migrations" ORDER BY migration_name`);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: first?.checksum,
      migration_name: "20260101000000_first",
      finished_at: expect.any(Date),
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
    });
  });

  it("refuses a migration that was changed after it had been applied", async () => {
    await applyMigrations(database.url, folder.path);
    await addMigration("20260101000000_first", "CREATE TABLE one (id bigint);");
    await expect(applyMigrations(database.url, folder.path)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("20260101000000_first was changed"),
    });
  });

  it("refuses a database of a newer version", async () => {
    await applyMigrations(database.url, folder.path);
    const older = await makeTempFolder();
    await cp(path.join(folder.path, "20260101000000_first"), path.join(older.path, "20260101000000_first"), {
      recursive: true,
    });
    await expect(applyMigrations(database.url, older.path)).rejects.toMatchObject({ code: "CONFLICT" });
    await older.remove();
  });

  it("leaves nothing of a migration that fails, and applies it once it is mended", async () => {
    const name = "20260103000000_third";
    await addMigration(name, "CREATE TABLE two (id int); SELECT 1 / 0;");
    await expect(applyMigrations(database.url, folder.path)).rejects.toThrow("division by zero");
    expect(await query("SELECT to_regclass('two') AS two")).toEqual([{ two: null }]);
    await addMigration(name, "CREATE TABLE two (id int);");
    expect(await applyMigrations(database.url, folder.path)).toEqual([name]);
  });
});
