// Reference files that tests compare with. They are not part of the repository: where absent, their tests skip.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../../..");

/** The path under ENGRAM_SHARED, else under ../shared beside the repository; null, with a printed reason, where absent. */
export function sharedPath(path: string): string | null {
  const folder = process.env.ENGRAM_SHARED ?? resolve(ROOT, "../shared");
  const full = resolve(folder, path);
  if (existsSync(full)) return full;
  console.warn(`Skipping what compares with ${full}: it is not there (ENGRAM_SHARED names its folder).`);
  return null;
}

/** The golden vectors named `key`, typed by the caller; null where the file is absent. */
export async function readGolden<T>(key: string): Promise<T | null> {
  const path = sharedPath("reference/golden.json");
  return path === null ? null : (JSON.parse(await readFile(path, "utf8")) as Record<string, T>)[key]!;
}
