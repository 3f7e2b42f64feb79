// Bulk writes by COPY: an order of magnitude faster than rows of INSERT, at constant memory.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { COPY_HEADER, COPY_TRAILER, type CopyField, encodeRow } from "./copy-encoding.ts";

/** A table's columns in the order in which `fields` gives them. Names are ours, never a user's. */
export interface CopyTable<Row> {
  readonly table: string;
  readonly columns: readonly string[];
  fields(row: Row): readonly CopyField[];
}

/** Writes the rows in the client's transaction. */
export async function copyRows<Row>(
  client: pg.ClientBase,
  into: CopyTable<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  function* encoded(): Generator<Buffer> {
    yield COPY_HEADER;
    for (const row of rows) yield encodeRow(into.fields(row));
    yield COPY_TRAILER;
  }
  const columns = into.columns.map((column) => `"${column}"`).join(", ");
  const sink = client.query(copyFrom(`COPY "${into.table}" (${columns}) FROM STDIN (FORMAT binary)`));
  await pipeline(Readable.from(encoded(), { objectMode: false }), sink);
}
