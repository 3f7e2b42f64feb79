// The worker's public entry, for the launcher, which starts the worker as a process. Importing this computes nothing.
import { fileURLToPath } from "node:url";

/** Path of the process's main file, for `node --import tsx <path>`; an IPC channel ties its life to its parent's. */
export const workerMainUrl: string = fileURLToPath(new URL("./main.ts", import.meta.url));

/** The environment variables that the worker reads. */
export const WORKER_ENV_NAMES = [
  "DATABASE_URL",
  "REDIS_URL",
  "STORAGE_URL",
  "ENGRAM_DEVICE",
  "ENGRAM_IMPORT_ROOTS",
  "ENGRAM_COMPUTE_CONCURRENCY",
  "ENGRAM_INGEST_CONCURRENCY",
  "LOG_LEVEL",
] as const;
