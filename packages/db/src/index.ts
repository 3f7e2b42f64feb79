export * from "./database.ts";
export { applyMigrations } from "./migrations.ts";
export type * from "./rows.ts";
