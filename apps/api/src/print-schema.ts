// Writes the sorted schema to apps/api/schema.graphql: npx tsx apps/api/src/print-schema.ts
import { writeFile } from "node:fs/promises";
import { SCHEMA_FILE, schemaText } from "./schema/schema-text.ts";

await writeFile(SCHEMA_FILE, schemaText());
