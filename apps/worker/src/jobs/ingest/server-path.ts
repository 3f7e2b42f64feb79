// Which paths of the server may be imported: what lies under ENGRAM_IMPORT_ROOTS, after links are followed.
import { realpath } from "node:fs/promises";
import { sep } from "node:path";
import { AppError } from "@engram/core";

/** The real path. @throws AppError FORBIDDEN outside the roots, alike whether or not the path exists */
export async function resolveServerPath(path: string, importRoots: readonly string[]): Promise<string> {
  const real = await realPathOrNull(path);
  const roots = await Promise.all(importRoots.map(realPathOrNull));
  const isInside = roots.some(
    (root) => root !== null && real !== null && (real === root || real.startsWith(root + sep)),
  );
  if (real !== null && isInside) return real;
  throw new AppError(
    "FORBIDDEN",
    "The path cannot be imported: only what lies under the server's ENGRAM_IMPORT_ROOTS can.",
    { field: "source.path" },
  );
}

/** null where there is no such path, or no way to it */
async function realPathOrNull(path: string): Promise<string | null> {
  try {
    const real = await realpath(path);
    return real.endsWith(sep) ? real.slice(0, -sep.length) : real;
  } catch {
    return null;
  }
}
