// Starting, finding and stopping the server of a cluster. It outlives a killed parent: the next start finds
// it by postmaster.pid and uses it again.
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "@engram/core";
import pg from "pg";
import { type Account, runAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { type Cluster, outputOf, readIfThere, SUPERUSER } from "./cluster.ts";
import { pidsInFolder, readProcess } from "./processes.ts";

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

export type ServerSettings = Readonly<Record<string, string | number>>;

/** For a small machine that also trains: little shared memory, no replication, no TLS, loopback only. */
const SETTINGS: ServerSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: 80,
  shared_buffers: "64MB",
  max_wal_size: "512MB",
  min_wal_size: "32MB",
  wal_level: "minimal",
  max_wal_senders: 0,
  jit: "off",
  io_method: "sync",
  timezone: "UTC",
  log_timezone: "UTC",
};
const SETTLE_MS = 30_000;
const PORT_ATTEMPTS = 3;

/** A server of this cluster that runs already and lets us in; null where none does. @throws AppError UNAVAILABLE */
export async function findServer(cluster: Cluster): Promise<RunningServer | null> {
  const deadline = performance.now() + SETTLE_MS;
  // One that is starting or stopping is waited for: either way it settles.
  while (performance.now() < deadline) {
    const noted = await readPidFile(cluster);
    if (noted === null) return null;
    if (readProcess(noted.pid) === null) {
      if (await clearAfterCrash(cluster)) return null;
    } else if (noted.isReady && (await answers(cluster, noted))) {
      return noted;
    } else if (pidsInFolder(cluster.folder).length === 0 && process.platform === "linux") {
      // The pid belongs to a stranger now: the server went down with the machine.
      await removePidFile(cluster);
      return null;
    }
    await delay(50);
  }
  throw new AppError(
    "UNAVAILABLE",
    `A PostgreSQL server of ${cluster.folder} is running but does not answer: see ${cluster.logFile}.`,
  );
}

/** @throws AppError UNAVAILABLE with what the server logged */
export async function startServer(
  cluster: Cluster,
  binaries: Binaries,
  account: Account,
  settings: ServerSettings,
): Promise<RunningServer> {
  let failure = "";
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    await rm(cluster.logFile, { force: true });
    const options = Object.entries({ ...SETTINGS, ...settings, port: await freePort() })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" ");
    try {
      await runAs(account, binaries.pgCtl, [
        ...["start", "--wait", "--silent", "--pgdata", cluster.folder],
        ...["--log", cluster.logFile, "--options", options],
      ]);
    } catch (err) {
      failure = (await readIfThere(cluster.logFile)) || outputOf(err);
      // Between our look and its start somebody else may take the port: then another is tried.
      if (failure.includes("Address already in use")) continue;
      break;
    }
    const started = await readPidFile(cluster);
    if (started !== null) return started;
  }
  throw new AppError("UNAVAILABLE", `PostgreSQL did not start: ${failure}`);
}

/** Open transactions are rolled back. */
export async function stopServer(cluster: Cluster, binaries: Binaries, account: Account): Promise<void> {
  if ((await readPidFile(cluster)) === null) return;
  const args = ["stop", "--wait", "--silent", "--mode", "fast", "--pgdata", cluster.folder];
  try {
    await runAs(account, binaries.pgCtl, args);
  } catch (err) {
    if (pidsInFolder(cluster.folder).length === 0) return;
    throw new AppError("UNAVAILABLE", `PostgreSQL did not stop: ${outputOf(err)}`, { cause: err });
  }
}

export function serverUrl(cluster: Cluster, server: RunningServer, database: string): string {
  return `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${server.port}/${database}`;
}

/** postmaster.pid: pid, data folder, start time, port, socket folder, address, shared memory, status. */
async function readPidFile(cluster: Cluster): Promise<(RunningServer & { isReady: boolean }) | null> {
  const text = await readIfThere(path.join(cluster.folder, "postmaster.pid"));
  if (text === null) return null;
  const lines = text.split("\n").map((line) => line.trim());
  return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7] === "ready" };
}

async function answers(cluster: Cluster, server: RunningServer): Promise<boolean> {
  const client = new pg.Client({
    connectionString: serverUrl(cluster, server, "postgres"),
    connectionTimeoutMillis: 2_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
    return rows[0]?.data_directory === cluster.folder;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * After a crash of the postmaster its children end by themselves, and only then may the pid file go: it keeps a
 * second server out. pg_ctl would take a zombie for a running server and stop there.
 */
async function clearAfterCrash(cluster: Cluster): Promise<boolean> {
  if (pidsInFolder(cluster.folder).length > 0) return false;
  await removePidFile(cluster);
  return true;
}

async function removePidFile(cluster: Cluster): Promise<void> {
  await rm(path.join(cluster.folder, "postmaster.pid"), { force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
