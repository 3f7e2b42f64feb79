// The API as a process of its own, for more than one machine.
import { once } from "node:events";
import { createServer } from "node:http";
import { isAppError } from "@engram/core";
import { createDatabase } from "@engram/db";
import { createJobQueue } from "@engram/queue";
import { createBlobStore } from "@engram/storage";
import express from "express";
import pino from "pino";
import { createApi } from "./api.ts";
import { readEnvironment } from "./env.ts";

async function main(): Promise<void> {
  const env = readEnvironment(process.env);
  const log = pino({ level: env.logLevel, base: null });
  const database = createDatabase(env.api.databaseUrl);
  const queue = await createJobQueue({ databaseUrl: env.api.databaseUrl, redisUrl: env.redisUrl });
  const storage = createBlobStore(env.storageUrl);
  const api = await createApi({ database, queue, storage, config: env.api, log });
  const app = express();
  app.disable("x-powered-by");
  api.mount(app);
  const server = createServer(app).listen(env.port, env.host);
  await once(server, "listening");
  log.info({ host: env.host, port: env.port }, "The API is up.");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  await once(stop.signal, "abort");
  // In this order: no new requests, streams ended, then what they used.
  const closed = once(server.close(), "close");
  await api.close();
  server.closeIdleConnections();
  await closed;
  await queue.close();
  await database.close();
}

main().catch((err: unknown) => {
  process.stderr.write(`${isAppError(err) ? err.message : String(err instanceof Error ? err.stack : err)}\n`);
  process.exitCode = 1;
});
