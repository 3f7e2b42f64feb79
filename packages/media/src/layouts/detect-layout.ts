import { join } from "node:path";
import { AppError, type DatasetLayout } from "@engram/core";
import { listFolder } from "./files.ts";
import type { LayoutReader } from "./layout.ts";
import { mnadLayout } from "./mnad.ts";
import { mvtecLayout } from "./mvtec.ts";
import { ucsdLayout } from "./ucsd.ts";
import { videoFolderLayout } from "./video-folder.ts";

const LAYOUTS: readonly LayoutReader[] = [mnadLayout, ucsdLayout, mvtecLayout, videoFolderLayout];

/** Archives often wrap what they hold in a folder or two. */
const MAX_WRAPPERS = 3;

/**
 * Finds the layout of a folder, or of the one folder that it wraps.
 *
 * @throws AppError EMPTY_SOURCE where there is no file at all, UNKNOWN_LAYOUT listing what is understood
 */
export async function detectLayout(
  root: string,
  asked: DatasetLayout | null,
): Promise<{ root: string; reader: LayoutReader }> {
  const candidates = LAYOUTS.filter((reader) => asked === null || reader.layout === asked);
  let folder = root;
  for (let depth = 0; depth <= MAX_WRAPPERS; depth++) {
    for (const reader of candidates) {
      if (await reader.matches(folder)) return { root: folder, reader };
    }
    const { folders } = await listFolder(folder);
    if (folders.length !== 1) break;
    folder = join(folder, folders[0]!);
  }
  if (!(await holdsFile(root))) {
    throw new AppError("EMPTY_SOURCE", "The source is empty: it holds no file to import.");
  }
  const known = candidates.map((reader) => reader.description).join("; ");
  throw new AppError("UNKNOWN_LAYOUT", `The source has no layout that is understood: expected ${known}.`);
}

async function holdsFile(root: string, folder = ""): Promise<boolean> {
  const { files, folders } = await listFolder(root, folder);
  if (files.length > 0) return true;
  for (const name of folders) {
    if (await holdsFile(root, folder === "" ? name : `${folder}/${name}`)) return true;
  }
  return false;
}
