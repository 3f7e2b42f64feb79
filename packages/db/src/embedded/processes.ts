// What /proc tells about processes. Elsewhere than on Linux only whether a pid is taken is known.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ProcessFacts {
  /** clock ticks since boot, as text; tells a process from a later one with its pid. null where unknown */
  readonly startTime: string | null;
}

/** null where no such process runs; a zombie does not run. */
export function readProcess(pid: number): ProcessFacts | null {
  if (process.platform !== "linux") return isPidTaken(pid) ? { startTime: null } : null;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  // The command name stands in parentheses and may hold anything, so the fields are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  const startTime = fields[19];
  if (state === "Z" || state === "X" || startTime === undefined) return null;
  return { startTime };
}

/** Processes that run with this folder as their current one, as every process of a PostgreSQL cluster does. */
export function pidsInFolder(folder: string): number[] {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .map(Number)
    .filter((pid) => currentFolder(pid) === folder)
    .filter((pid) => readProcess(pid) !== null);
}

/** null where the system does not say. */
export function bootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}

function currentFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    return err instanceof Error && "code" in err && err.code === "EPERM";
  }
}
