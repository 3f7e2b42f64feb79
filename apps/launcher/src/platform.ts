// The platform under one roof, brought up in order and taken down in the opposite one:
// data folder, database, queue, storage, API and web on one port, a worker beside them.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { createApi } from "@engram/api";
import { AppError, type LocalServer } from "@engram/core";
import { applyMigrations, createDatabase } from "@engram/db";
import { lockDataFolder, startEmbeddedPostgres } from "@engram/db/embedded";
import { createJobQueue } from "@engram/queue";
import { createBlobStore } from "@engram/storage";
import { createWebHandler } from "@engram/web";
import { workerMainPath } from "@engram/worker";
import express, { type Express } from "express";
import type { Logger } from "pino";
import type { LauncherConfig } from "./env.ts";
import { mountLocalSignIn } from "./local-sign-in.ts";
import { loadSecret } from "./secret.ts";
import { createControlToken, removeServerFile, writeServerFile } from "./server-file.ts";
import { Shutdown } from "./shutdown.ts";
import { startWorkerProcess } from "./worker-process.ts";

export interface Platform {
  readonly server: LocalServer;
  createSignInLink(): Promise<string>;
  stop(): Promise<void>;
}

export interface PlatformOptions {
  readonly config: LauncherConfig;
  readonly log: Logger;
  readonly hasWeb: boolean;
  /** the database died or the like: the platform cannot go on */
  readonly onFatal: (err: Error) => void;
}

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const shutdown = new Shutdown();
  try {
    return await bringUp(options, shutdown);
  } catch (err) {
    await shutdown.run();
    throw err;
  }
}

async function bringUp(
  { config, log, hasWeb, onFatal }: PlatformOptions,
  shutdown: Shutdown,
): Promise<Platform> {
  const release = await lockDataFolder(config.dataFolder);
  shutdown.add("data folder", release);
  const databaseUrl = config.databaseUrl ?? (await startDatabase(config, log, shutdown, onFatal));
  await applyMigrations(databaseUrl);
  const database = createDatabase(databaseUrl);
  shutdown.add("database connections", () => database.close());
  const queue = await createJobQueue({ databaseUrl, redisUrl: config.redisUrl });
  shutdown.add("queue", () => queue.close());

  const { server, baseUrl, app } = await listen(config, shutdown);
  const api = await createApi({
    database,
    queue,
    storage: createBlobStore(config.storageUrl),
    config: {
      baseUrl,
      databaseUrl,
      secret: config.secret ?? (await loadSecret(config.dataFolder)),
      uploadFolder: join(config.dataFolder, "uploads"),
      maxUploadBytes: config.maxUploadBytes,
      importRoots: config.importRoots,
    },
    log,
  });
  await api.bootstrapOwner({
    email: config.ownerEmail,
    name: "Owner",
    organizationName: "Home",
    projectName: "Default",
  });
  const controlToken = createControlToken();
  const createSignInLink = () => api.createSignInLink({ callbackPath: "/datasets" });
  mountLocalSignIn(app, controlToken, createSignInLink);
  api.mount(app);
  shutdown.add("API", () => api.close());
  if (hasWeb) await mountWeb(app, shutdown);

  const worker = startWorkerProcess(workerMainPath, workerEnvironment(config, databaseUrl), log);
  shutdown.add("worker", () => worker.stop());
  const local: LocalServer = { pid: process.pid, baseUrl, controlToken };
  await writeServerFile(config.dataFolder, local);
  shutdown.add("server file", () => removeServerFile(config.dataFolder));
  shutdown.add("HTTP", () => closeServer(server));
  return { server: local, createSignInLink, stop: () => shutdown.run() };
}

async function startDatabase(
  config: LauncherConfig,
  log: Logger,
  shutdown: Shutdown,
  onFatal: (err: Error) => void,
): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    dataFolder: join(config.dataFolder, "postgres"),
    log: (line) => log.info(line),
    onExit: (reason) => onFatal(new AppError("UNAVAILABLE", `The embedded PostgreSQL ended: ${reason}`)),
  });
  shutdown.add("PostgreSQL", () => postgres.stop());
  return postgres.url;
}

/** The port is taken before the API exists, because links and cookies need the address that came out. */
async function listen(
  config: LauncherConfig,
  shutdown: Shutdown,
): Promise<{ server: Server; baseUrl: string; app: Express }> {
  const app = express();
  app.disable("x-powered-by");
  const server = createServer(app);
  server.listen(config.port, config.host);
  await once(server, "listening").catch((err: NodeJS.ErrnoException) => {
    if (err.code !== "EADDRINUSE") throw err;
    throw new AppError(
      "PORT_IN_USE",
      `Port ${config.port} is in use: stop what listens there, or choose another with PORT=…`,
    );
  });
  shutdown.add("listener", () => closeServer(server));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : config.port;
  const isEverywhere = config.host === "0.0.0.0" || config.host === "::";
  const host = isEverywhere || config.host === "127.0.0.1" ? "localhost" : config.host;
  return { server, app, baseUrl: config.baseUrl ?? `http://${host}:${port}` };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

async function mountWeb(app: Express, shutdown: Shutdown): Promise<void> {
  const web = await createWebHandler();
  app.use((req, res) => {
    void web.handle(req, res);
  });
  shutdown.add("web", () => web.close());
}

function workerEnvironment(config: LauncherConfig, databaseUrl: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: databaseUrl,
    STORAGE_URL: config.storageUrl,
    ENGRAM_IMPORT_ROOTS: config.importRoots.join(":"),
    LOG_LEVEL: config.logLevel,
  };
}
