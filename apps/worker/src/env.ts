// The only reader of process.env in the worker. All faults are named together.
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { AppError } from "@engram/core";
import { z } from "zod";

export const logLevelSchema = z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]);

const concurrencySchema = z.coerce.number().int().min(1).max(64).default(1);

const envSchema = z.object({
  DATABASE_URL: z.string().min(1),
  REDIS_URL: z.string().min(1).optional(),
  STORAGE_URL: z.string().min(1),
  /** checked where it is opened, in a job's process: this one loads no tensors */
  ENGRAM_DEVICE: z.string().default("auto"),
  /** folders whose content may be imported, separated by colons. None: no import from server paths */
  ENGRAM_IMPORT_ROOTS: z
    .string()
    .default("")
    .transform((text) => text.split(":").filter((root) => root !== "")),
  ENGRAM_COMPUTE_CONCURRENCY: concurrencySchema,
  ENGRAM_INGEST_CONCURRENCY: concurrencySchema,
  LOG_LEVEL: logLevelSchema.default("info"),
});

export interface WorkerEnv {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly storageUrl: string;
  /** an engine's device id, or auto */
  readonly device: string;
  readonly importRoots: readonly string[];
  readonly concurrency: { readonly compute: number; readonly ingest: number };
  readonly logLevel: z.infer<typeof logLevelSchema>;
}

/**
 * What a job's process is started with: Node.js decodes pictures on as many threads as this variable says, 4 by
 * default, and reads it before any code runs.
 */
export function jobEnvironment(source: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const threads = Math.max(4, availableParallelism());
  return { ...source, UV_THREADPOOL_SIZE: source.UV_THREADPOOL_SIZE ?? String(threads) };
}

/** @throws AppError BAD_INPUT naming every variable at fault */
export function readEnv(source: NodeJS.ProcessEnv = process.env): WorkerEnv {
  // An empty variable is one that is not set: compose files cannot leave one out.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new AppError("BAD_INPUT", `The worker's environment is not right. ${faults.join("; ")}.`);
  }
  const env = parsed.data;
  return Object.freeze({
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    storageUrl: env.STORAGE_URL,
    device: env.ENGRAM_DEVICE,
    importRoots: Object.freeze(env.ENGRAM_IMPORT_ROOTS.map((root) => resolve(root))),
    concurrency: Object.freeze({
      compute: env.ENGRAM_COMPUTE_CONCURRENCY,
      ingest: env.ENGRAM_INGEST_CONCURRENCY,
    }),
    logLevel: env.LOG_LEVEL,
  });
}
