// A folder for each attempt at a job, removed by the worker whatever becomes of the child that used it.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAME = /^engram-job-(\d+)-/;

/** The worker's process id is in the name, so that a later worker can tell what a killed one has left. */
export function makeTempFolder(root: string = tmpdir()): Promise<string> {
  return mkdtemp(join(root, `engram-job-${process.pid}-`));
}

export function removeTempFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/**
 * Removes the folders of workers on this machine that are not alive any more. What another account owns stays: it is
 * no reason not to work.
 */
export async function sweepTempFolders(root: string = tmpdir()): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(root)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      await removeTempFolder(join(root, name));
    } catch (err) {
      if (isOneOf(err, ["EACCES", "EPERM"])) continue;
      throw err;
    }
    removed.push(name);
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    // It lives, and belongs to somebody else.
    return isOneOf(err, ["EPERM"]);
  }
}

function isOneOf(err: unknown, codes: readonly string[]): boolean {
  return err instanceof Error && "code" in err && codes.includes(String(err.code));
}
