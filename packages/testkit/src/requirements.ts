// What a machine may lack: then the tests that need it are skipped, and say why. With CI=true they fail instead.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY_ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Where real data sets lie: the folder ENGRAM_SHARED, else `../shared` beside the repository. null, said once: absent. */
export function sharedPath(...segments: readonly string[]): string | null {
  const root = process.env.ENGRAM_SHARED ?? path.join(REPOSITORY_ROOT, "../shared");
  const file = path.join(root, ...segments);
  if (existsSync(file)) return file;
  sayOnce(
    `Skipped: ${path.join("shared", ...segments)} is not there (set ENGRAM_SHARED to the folder of data sets).`,
  );
  return null;
}

/**
 * The path of a program, from PATH. null, said once, where it is not installed.
 * @throws Error where it is not and CI=true
 */
export function programPath(name: string): string | null {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const found = folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  const reason = `${name} is not installed`;
  if (process.env.CI === "true") throw new Error(`${reason}, and with CI=true its tests must run.`);
  sayOnce(`Skipped: ${reason}.`);
  return null;
}

const said = new Set<string>();

function sayOnce(line: string): void {
  if (said.has(line)) return;
  said.add(line);
  console.warn(line);
}
