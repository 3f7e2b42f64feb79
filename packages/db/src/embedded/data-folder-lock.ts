// One platform per data folder: a lock file naming its holder by pid, start time and boot, so that a lock
// left behind by a killed process, or by a machine that went down, is recognised and taken over.
// Holders in different containers that share the folder do not see each other's pids: not covered.
import { randomUUID } from "node:crypto";
import { access, constants, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@engram/core";
import { z } from "zod";
import { bootId, readProcess } from "./processes.ts";

const LOCK_FILE = "engram.lock";

const holderSchema = z.object({
  pid: z.int(),
  startTime: z.string().nullable(),
  bootId: z.string().nullable(),
  token: z.uuid(),
});
type Holder = z.infer<typeof holderSchema>;

export type ReleaseDataFolder = () => Promise<void>;

/**
 * Makes the folder where it is missing and takes its lock.
 * @throws AppError DATA_FOLDER_NOT_WRITABLE, DATA_FOLDER_IN_USE
 */
export async function lockDataFolder(folder: string): Promise<ReleaseDataFolder> {
  const dataFolder = path.resolve(folder);
  await makeWritableFolder(dataFolder);
  const lockFile = path.join(dataFolder, LOCK_FILE);
  const self = readProcess(process.pid);
  const holder: Holder = {
    pid: process.pid,
    startTime: self?.startTime ?? null,
    bootId: bootId(),
    token: randomUUID(),
  };
  while (!(await tryTake(lockFile, holder))) {
    const other = await readHolder(lockFile);
    if (other !== null && isHolding(other)) {
      throw new AppError(
        "DATA_FOLDER_IN_USE",
        `The data folder ${dataFolder} is in use by another Engram platform (process ${other.pid}): stop it, or choose another folder.`,
      );
    }
    await discardStale(lockFile, other);
  }
  return async () => {
    const current = await readHolder(lockFile);
    if (current?.token === holder.token) await rm(lockFile, { force: true });
  };
}

/** @throws AppError DATA_FOLDER_NOT_WRITABLE */
export async function makeWritableFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (err) {
    throw new AppError(
      "DATA_FOLDER_NOT_WRITABLE",
      `The data folder ${folder} cannot be written by this account: choose another, or change its owner.`,
      { cause: err },
    );
  }
}

async function tryTake(lockFile: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(lockFile, JSON.stringify(holder), { flag: "wx", mode: 0o644 });
    return true;
  } catch (err) {
    if (isErrno(err, "EEXIST")) return false;
    throw new AppError("DATA_FOLDER_NOT_WRITABLE", `The lock file ${lockFile} cannot be written.`, {
      cause: err,
    });
  }
}

/** null where the file is gone, or was cut off while it was written (by a process that died then). */
async function readHolder(lockFile: string): Promise<Holder | null> {
  let text: string;
  try {
    text = await readFile(lockFile, "utf8");
  } catch (err) {
    if (isErrno(err, "ENOENT")) return null;
    throw err;
  }
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function isHolding(holder: Holder): boolean {
  if (holder.bootId !== bootId()) return false;
  const found = readProcess(holder.pid);
  return found !== null && (holder.startTime === null || found.startTime === holder.startTime);
}

/** Moves the lock aside before it is removed: of two that found it stale, only one moves it. */
async function discardStale(lockFile: string, stale: Holder | null): Promise<void> {
  const aside = `${lockFile}.${randomUUID()}`;
  try {
    await rename(lockFile, aside);
  } catch (err) {
    if (isErrno(err, "ENOENT")) return;
    throw err;
  }
  const moved = await readHolder(aside);
  if (moved !== null && moved.token !== stale?.token && isHolding(moved)) {
    // Somebody took the lock between our look and our move: it goes back, and stands.
    await rename(aside, lockFile);
    return;
  }
  await rm(aside, { force: true });
}

function isErrno(err: unknown, code: string): boolean {
  return err instanceof Error && "code" in err && err.code === code;
}
