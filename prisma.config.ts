// Prisma's commands look for a schema-engine binary, which they would download: naming any existing
// file keeps `generate`, `validate` and `format` offline. Migrations run by packages/db, not by Prisma.
import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(import.meta.url);

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://localhost:5432/engram" },
});
