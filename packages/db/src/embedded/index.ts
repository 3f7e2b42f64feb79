// A real PostgreSQL out of npm, for when no DATABASE_URL is set.
import path from "node:path";
import pg from "pg";
import { chooseAccount } from "./account.ts";
import { prepareBinaries } from "./binaries.ts";
import { openCluster } from "./cluster.ts";
import {
  findServer,
  type RunningServer,
  type ServerSettings,
  serverUrl,
  startServer,
  stopServer,
} from "./server.ts";
import { type ServerWatch, watchServer } from "./watch.ts";

export { lockDataFolder, type ReleaseDataFolder } from "./data-folder-lock.ts";

const DATABASE = "engram";

export interface EmbeddedPostgresOptions {
  /** of the database alone; the caller holds the lock of the folder it lies in */
  readonly dataFolder: string;
  readonly log: (line: string) => void;
  /** laid over our own; see PostgreSQL's server configuration */
  readonly settings?: ServerSettings;
  /** called once with what happened, should the server end without stop() */
  readonly onExit?: ((reason: string) => void) | undefined;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** Ends the server, open transactions rolled back. */
  stop(): Promise<void>;
}

/** Starts the data folder's server, or goes on with the one that runs. @throws AppError */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log } = options;
  const account = await chooseAccount();
  const binaries = await prepareBinaries(account, log);
  const cluster = await openCluster(path.resolve(options.dataFolder), binaries, account, log);
  const found = await findServer(cluster);
  const server: RunningServer =
    found ?? (await startServer(cluster, binaries, account, options.settings ?? {}));
  log(
    `PostgreSQL ${binaries.version.split("-")[0]} ${found === null ? "started" : "found running"} on 127.0.0.1:${server.port}`,
  );
  await createDatabaseOnce(serverUrl(cluster, server, "postgres"));
  const watch: ServerWatch = await watchServer(serverUrl(cluster, server, "postgres"), server.pid, () =>
    options.onExit?.(`process ${server.pid} has died: see ${cluster.logFile}.`),
  );
  return {
    url: serverUrl(cluster, server, DATABASE),
    pid: server.pid,
    async stop() {
      await watch.close();
      await stopServer(cluster, binaries, account);
    },
  };
}

async function createDatabaseOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
