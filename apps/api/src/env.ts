// The only reader of the environment where the API runs alone. All faults are said together.
import { join, resolve } from "node:path";
import { AppError } from "@engram/core";
import { z } from "zod";
import type { ApiConfig } from "./config.ts";

const emptyIsAbsent = (value: unknown) => (value === "" ? undefined : value);

const environmentSchema = z.object({
  PORT: z.preprocess(emptyIsAbsent, z.coerce.number().int().min(0).max(65535).default(4000)),
  HOST: z.preprocess(emptyIsAbsent, z.string().default("127.0.0.1")),
  ENGRAM_BASE_URL: z.url(),
  ENGRAM_DATA: z.preprocess(emptyIsAbsent, z.string().default("data")),
  ENGRAM_SECRET: z.string().min(32),
  ENGRAM_MAX_UPLOAD_BYTES: z.preprocess(
    emptyIsAbsent,
    z.coerce
      .number()
      .int()
      .positive()
      .default(64 * 2 ** 30),
  ),
  ENGRAM_IMPORT_ROOTS: z.preprocess(emptyIsAbsent, z.string().optional()),
  DATABASE_URL: z.url(),
  REDIS_URL: z.preprocess(emptyIsAbsent, z.url().optional()),
  STORAGE_URL: z.preprocess(emptyIsAbsent, z.string().optional()),
  LOG_LEVEL: z.preprocess(emptyIsAbsent, z.enum(["fatal", "error", "warn", "info", "debug"]).default("info")),
});

export interface ApiEnvironment {
  readonly port: number;
  readonly host: string;
  readonly redisUrl: string | null;
  readonly storageUrl: string;
  readonly logLevel: string;
  readonly api: ApiConfig;
}

/** @throws AppError BAD_INPUT naming every variable at fault */
export function readEnvironment(variables: NodeJS.ProcessEnv): ApiEnvironment {
  const parsed = environmentSchema.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new AppError("BAD_INPUT", `Environment: ${faults.join("; ")}`);
  }
  const env = parsed.data;
  const dataFolder = resolve(env.ENGRAM_DATA);
  return Object.freeze({
    port: env.PORT,
    host: env.HOST,
    redisUrl: env.REDIS_URL ?? null,
    storageUrl: env.STORAGE_URL ?? join(dataFolder, "blobs"),
    logLevel: env.LOG_LEVEL,
    api: Object.freeze({
      baseUrl: env.ENGRAM_BASE_URL,
      databaseUrl: env.DATABASE_URL,
      secret: env.ENGRAM_SECRET,
      uploadFolder: join(dataFolder, "uploads"),
      maxUploadBytes: env.ENGRAM_MAX_UPLOAD_BYTES,
      importRoots: env.ENGRAM_IMPORT_ROOTS?.split(":").filter((root) => root !== "") ?? [],
    }),
  });
}
