// PostgreSQL refuses to run as root: then it runs under another account of the machine.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AppError } from "@engram/core";

const run = promisify(execFile);

/** Whom the server runs as. null: as ourselves. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number } | null;

/** @throws AppError UNAVAILABLE where root finds no account to give the server to */
export async function chooseAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    const account = await findAccount(name);
    if (account !== null) return account;
  }
  throw new AppError(
    "UNAVAILABLE",
    "PostgreSQL does not run as root, and this machine has neither an account postgres nor nobody: start Engram as an ordinary user, or set DATABASE_URL.",
  );
}

/**
 * Runs a program under the account, from "/" (which every account may enter). Supplementary groups are dropped.
 * @throws what execFile throws; `stderr` is on the error
 */
export function runAs(
  account: Account,
  file: string,
  args: readonly string[],
  timeoutMs = 60_000,
): Promise<{ stdout: string; stderr: string }> {
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  return run(file, args, {
    ...identity,
    cwd: "/",
    env: process.platform === "win32" ? process.env : { ...process.env, LC_ALL: "C" },
    timeout: timeoutMs,
  });
}

async function findAccount(name: string): Promise<Account> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
