// The files of an embedded PostgreSQL: where they lie, its password, its first initialization.
import { randomBytes, randomUUID } from "node:crypto";
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@engram/core";
import { type Account, runAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { makeWritableFolder } from "./data-folder-lock.ts";

export const SUPERUSER = "engram";

export interface Cluster {
  /** PGDATA */
  readonly folder: string;
  readonly logFile: string;
  readonly password: string;
}

/** Where root keeps a cluster whose data folder the server's account cannot enter (a checkout in /root). */
const SHARED_STATE_FOLDER = "/var/lib/engram";
const LOCATION_FILE = "location";
const PASSWORD_FILE = "password";

/** Finds the data folder's cluster, or makes it. @throws AppError DATA_FOLDER_NOT_WRITABLE, UNAVAILABLE */
export async function openCluster(
  dataFolder: string,
  binaries: Binaries,
  account: Account,
  log: (line: string) => void,
): Promise<Cluster> {
  await makeWritableFolder(dataFolder);
  const home = await chooseHome(dataFolder, account, log);
  const folder = path.join(home, "cluster");
  const password = await readOrMakePassword(dataFolder, folder);
  if (!(await exists(folder))) await initialize(home, folder, password, binaries, account);
  return { folder, logFile: path.join(home, "server.log"), password };
}

async function chooseHome(
  dataFolder: string,
  account: Account,
  log: (line: string) => void,
): Promise<string> {
  const inside = path.join(dataFolder, "server");
  if (await makeHome(inside, account)) return inside;
  const locationFile = path.join(dataFolder, LOCATION_FILE);
  // The name is drawn, not derived from the folder's: an emptied data folder begins with an empty database.
  const outside =
    (await readIfThere(locationFile)) ?? path.join(SHARED_STATE_FOLDER, `postgres-${randomUUID()}`);
  if (!(await makeHome(outside, account))) {
    throw new AppError(
      "DATA_FOLDER_NOT_WRITABLE",
      `PostgreSQL runs under the account ${account?.name}, which can enter neither ${dataFolder} nor ${outside}: choose a data folder that it can reach.`,
    );
  }
  await writeFile(locationFile, outside);
  log(`The account ${account?.name} cannot enter ${dataFolder}: the database lies in ${outside}`);
  return outside;
}

/** Whether the account can work in the folder, which is made where it is missing and removed where it is no use. */
async function makeHome(home: string, account: Account): Promise<boolean> {
  const isNew = !(await exists(home));
  await mkdir(path.dirname(home), { recursive: true, mode: 0o755 });
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (account === null) return true;
  await chown(home, account.uid, account.gid);
  try {
    await runAs(account, "/bin/sh", ["-c", 'cd "$1" && test -w .', "sh", home]);
    return true;
  } catch {
    if (isNew) await rm(home, { recursive: true });
    return false;
  }
}

async function readOrMakePassword(dataFolder: string, clusterFolder: string): Promise<string> {
  const file = path.join(dataFolder, PASSWORD_FILE);
  const known = await readIfThere(file);
  if (known !== null) return known;
  if (await exists(clusterFolder)) {
    throw new AppError(
      "UNAVAILABLE",
      `The database in ${clusterFolder} has lost its password file ${file}: restore it from a backup.`,
    );
  }
  const password = randomBytes(24).toString("base64url");
  await writeFile(file, password, { mode: 0o600, flag: "wx" });
  return password;
}

/** Initialized beside its place and moved there, so that one that was cut off is begun anew. */
async function initialize(
  home: string,
  folder: string,
  password: string,
  binaries: Binaries,
  account: Account,
): Promise<void> {
  const scratch = path.join(home, "cluster.new");
  const passwordFile = path.join(home, "password.new");
  await rm(scratch, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await chmod(passwordFile, 0o600);
  if (account !== null) await chown(passwordFile, account.uid, account.gid);
  try {
    await runAs(account, binaries.initdb, [
      ...["--pgdata", scratch, "--username", SUPERUSER, "--pwfile", passwordFile],
      ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"],
      ...["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"],
    ]);
  } catch (err) {
    throw new AppError("UNAVAILABLE", `PostgreSQL could not be initialized: ${outputOf(err)}`, {
      cause: err,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(scratch, folder);
}

/** What the failed program said, or why it could not be run. */
export function outputOf(err: unknown): string {
  const said = err instanceof Error && "stderr" in err && typeof err.stderr === "string" ? err.stderr : "";
  return said.trim() || (err instanceof Error ? err.message : String(err));
}

export async function readIfThere(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (err) {
    if (err instanceof Error && "code" in err && err.code === "ENOENT") return null;
    throw err;
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
