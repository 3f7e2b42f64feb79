// Logs go to standard error, one JSON object a line: standard output belongs to whoever started the worker.
import { type Logger, pino } from "pino";
import type { WorkerEnv } from "./env.ts";

export function createLogger(level: WorkerEnv["logLevel"]): Logger {
  return pino({ level, base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }));
}
