// Paths on the server may be imported only beneath the configured roots, links followed to where they lead.
import { realpath } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { AppError } from "@engram/core";

/** The real path. What is missing and what is outside look the same. @throws AppError BAD_INPUT */
export async function resolveImportPath(path: string, roots: readonly string[]): Promise<string> {
  const real = isAbsolute(path) ? await realpath(path).catch(() => null) : null;
  for (const root of real === null ? [] : roots) {
    const realRoot = await realpath(root).catch(() => null);
    if (realRoot !== null && real !== null && isBeneath(real, realRoot)) return real;
  }
  throw new AppError(
    "BAD_INPUT",
    "This path cannot be imported: only what lies in ENGRAM_IMPORT_ROOTS of the server can.",
    {
      field: "source.serverPath",
    },
  );
}

function isBeneath(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}
