// The same facts as prisma-schema.ts, read from a database's catalog.
import type pg from "pg";
import type { SchemaFacts } from "./prisma-schema.ts";

const COLUMNS = `
SELECT format('%s.%s %s %s', relname, attname, format_type(atttypid, atttypmod),
  CASE WHEN attnotnull THEN 'not null' ELSE 'null' END) AS line
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  AND relname <> '_prisma_migrations'`;

const INDEXES = `
SELECT format('%s (%s)', relname, (
  SELECT string_agg(attname, ', ' ORDER BY position)
  FROM unnest(indkey::int2[]) WITH ORDINALITY AS key (number, position)
  JOIN pg_attribute ON attrelid = indrelid AND attnum = number
)) AS line
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations' AND indisunique = $1`;

const REFERENCES = `
SELECT format('%s (%s) -> %s: %s', source.relname, attname, target.relname,
  CASE confdeltype WHEN 'c' THEN 'Cascade' WHEN 'n' THEN 'SetNull' WHEN 'a' THEN 'NoAction' ELSE confdeltype::text END) AS line
FROM pg_constraint
JOIN pg_class source ON source.oid = conrelid
JOIN pg_class target ON target.oid = confrelid
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND source.relnamespace = 'public'::regnamespace`;

const ENUMS = `
SELECT format('%s: %s', typname, string_agg(enumlabel, ', ' ORDER BY enumsortorder)) AS line
FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
WHERE typnamespace = 'public'::regnamespace GROUP BY typname`;

export async function readDatabaseSchema(pool: pg.Pool): Promise<SchemaFacts> {
  const lines = async (sql: string, parameters: readonly unknown[] = []): Promise<string[]> => {
    const { rows } = await pool.query<{ line: string }>(sql, [...parameters]);
    return rows.map(({ line }) => line).sort();
  };
  return {
    columns: await lines(COLUMNS),
    uniques: await lines(INDEXES, [true]),
    indexes: await lines(INDEXES, [false]),
    references: await lines(REFERENCES),
    enums: await lines(ENUMS),
  };
}
