// The launcher's only reader of the environment. All faults are said together.
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AppError } from "@engram/core";
import { z } from "zod";

/** The root of the checkout: `./data` is found from here, wherever a command was typed. */
export const REPOSITORY_ROOT = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

const emptyIsAbsent = (value: unknown) => (value === "" ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(emptyIsAbsent, schema.optional());

const environmentSchema = z.object({
  PORT: z.preprocess(emptyIsAbsent, z.coerce.number().int().min(0).max(65535).default(3000)),
  HOST: z.preprocess(emptyIsAbsent, z.string().default("127.0.0.1")),
  ENGRAM_DATA: optional(z.string()),
  ENGRAM_BASE_URL: optional(z.url()),
  ENGRAM_OWNER_EMAIL: z.preprocess(emptyIsAbsent, z.email().default("owner@engram.local")),
  ENGRAM_SECRET: optional(z.string().min(32)),
  ENGRAM_MAX_UPLOAD_BYTES: z.preprocess(
    emptyIsAbsent,
    z.coerce
      .number()
      .int()
      .positive()
      .default(64 * 2 ** 30),
  ),
  DATABASE_URL: optional(z.url()),
  REDIS_URL: optional(z.url()),
  STORAGE_URL: optional(z.url()),
  ENGRAM_IMPORT_ROOTS: optional(z.string()),
  LOG_LEVEL: z.preprocess(emptyIsAbsent, z.enum(["fatal", "error", "warn", "info", "debug"]).default("warn")),
});

export const ENVIRONMENT_NAMES: readonly string[] = Object.keys(environmentSchema.shape);

export interface LauncherConfig {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  /** null: derived from host and port once it listens */
  readonly baseUrl: string | null;
  readonly ownerEmail: string;
  /** null: made at the first run and kept in the data folder */
  readonly secret: string | null;
  readonly maxUploadBytes: number;
  /** null: the embedded PostgreSQL */
  readonly databaseUrl: string | null;
  /** null: the queue lives in PostgreSQL */
  readonly redisUrl: string | null;
  readonly storageUrl: string;
  readonly importRoots: readonly string[];
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug";
}

/** @throws AppError BAD_INPUT naming every variable at fault */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): LauncherConfig {
  const parsed = environmentSchema.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new AppError("BAD_INPUT", `Environment: ${faults.join("; ")}`);
  }
  const env = parsed.data;
  const dataFolder = resolve(REPOSITORY_ROOT, env.ENGRAM_DATA ?? "data");
  return Object.freeze({
    port: env.PORT,
    host: env.HOST,
    dataFolder,
    baseUrl: env.ENGRAM_BASE_URL ?? null,
    ownerEmail: env.ENGRAM_OWNER_EMAIL,
    secret: env.ENGRAM_SECRET ?? null,
    maxUploadBytes: env.ENGRAM_MAX_UPLOAD_BYTES,
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    storageUrl: env.STORAGE_URL ?? pathToFileURL(join(dataFolder, "blobs")).href,
    importRoots: env.ENGRAM_IMPORT_ROOTS?.split(":").filter((root) => root !== "") ?? [],
    logLevel: env.LOG_LEVEL,
  });
}
