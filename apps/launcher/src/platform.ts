// The platform under one roof, brought up in order and taken down in the opposite one:
// data folder, database, queue, storage, API and web on one port, a worker beside them.
import { join } from "node:path";
import { createApi } from "@engram/api";
import { AppError, type LocalServer } from "@engram/core";
import { applyMigrations, createDatabase } from "@engram/db";
import { lockDataFolder, startEmbeddedPostgres } from "@engram/db/embedded";
import { createJobQueue } from "@engram/queue";
import { createBlobStore } from "@engram/storage";
import { createWebHandler } from "@engram/web";
import { workerMainPath } from "@engram/worker";
import type { Express } from "express";
import type { Logger } from "pino";
import type { LauncherConfig } from "./env.ts";
import { listen } from "./listener.ts";
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
    await shutdown
      .run()
      .catch((fault: unknown) => options.log.error({ err: fault }, "The stop failed as well."));
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

  const listener = await listen(config);
  shutdown.add("listener", () => listener.close());
  const { app, baseUrl } = listener;
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
  listener.open(log);

  const worker = startWorkerProcess(workerMainPath, workerEnvironment(config, databaseUrl), log);
  shutdown.add("worker", () => worker.stop());
  const local: LocalServer = { pid: process.pid, baseUrl, controlToken };
  await writeServerFile(config.dataFolder, local);
  shutdown.add("server file", () => removeServerFile(config.dataFolder));
  shutdown.add("HTTP", () => listener.close());
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

async function mountWeb(app: Express, shutdown: Shutdown): Promise<void> {
  const web = await createWebHandler();
  app.use((req, res) => web.handle(req, res));
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
