import { fileURLToPath } from "node:url";
import { lexicographicSortSchema, printSchema } from "../graphql.ts";
import { engramSchema } from "./schema.ts";

export const SCHEMA_FILE = fileURLToPath(new URL("../../schema.graphql", import.meta.url));

/** The schema as it is committed. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(engramSchema()))}\n`;
}
