// Looking into a folder that a stranger filled: links are never followed, so no path leaves it.
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { AppError } from "@engram/core";
import { hasImageExtension } from "../images/image-format.ts";
import { withoutExtension } from "../labels/csv-labels.ts";
import { compareNatural } from "../natural-sort.ts";

export interface Listing {
  /** names in natural order; hidden files are left out */
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** More than any picture or label file has: larger ones are not read into memory. */
const LARGEST_FILE_BYTES = 2 ** 28;

const EMPTY: Listing = { files: [], folders: [] };

/** A folder below the root; empty where there is no such folder, or a link in its place. */
export async function listFolder(root: string, folder = ""): Promise<Listing> {
  if (!(await isPlainFolder(root, folder))) return EMPTY;
  const entries = (await readdir(join(root, folder), { withFileTypes: true }))
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "__MACOSX")
    .sort((a, b) => compareNatural(a.name, b.name));
  return {
    files: entries.filter((entry) => entry.isFile()).map((entry) => entry.name),
    folders: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
  };
}

/** Relative paths of the pictures in a folder, in natural order. */
export async function listPictures(root: string, folder: string): Promise<string[]> {
  const { files } = await listFolder(root, folder);
  return files.filter(hasImageExtension).map((file) => posix.join(folder, file));
}

/** A picture or a label file as a whole. @throws AppError with the code given, where it is too large to be one */
export async function readWhole(
  root: string,
  file: string,
  code: "DECODE_FAILED" | "BAD_INPUT",
): Promise<Buffer<ArrayBuffer>> {
  const path = join(root, file);
  const { size } = await lstat(path);
  if (size <= LARGEST_FILE_BYTES) return readFile(path);
  throw new AppError(
    code,
    `${file.split("/").slice(-2).join("/")} cannot be read: it has ${size} bytes, expected at most ${LARGEST_FILE_BYTES}.`,
  );
}

/** Every component of the path must be a folder itself: a link half-way down would leave the root as well. */
async function isPlainFolder(root: string, folder: string): Promise<boolean> {
  let path = root;
  for (const part of folder.split("/").filter((name) => name !== "")) {
    path = join(path, part);
    try {
      if (!(await lstat(path)).isDirectory()) return false;
    } catch (err) {
      if (err instanceof Error && "code" in err && err.code === "ENOENT") return false;
      throw err;
    }
  }
  return true;
}

export interface PairedMasks {
  /** by frame, null where it has none; null where no frame has one */
  readonly masks: readonly (string | null)[] | null;
  readonly unmatched: readonly string[];
}

/** Masks by frame: matched by the name without extension, which may have `ending` behind it in a mask's. */
export function pairMasks(frames: readonly string[], masks: readonly string[], ending = ""): PairedMasks {
  const stem = (path: string) => withoutExtension(posix.basename(path));
  const byStem = new Map(masks.map((mask) => [stem(mask), mask]));
  const matched = frames.map((frame) => byStem.get(stem(frame)) ?? byStem.get(stem(frame) + ending) ?? null);
  const used = new Set(matched);
  const isPaired = matched.some((mask) => mask !== null);
  return { masks: isPaired ? matched : null, unmatched: masks.filter((mask) => !used.has(mask)) };
}

/** Masks by frame: `pairMasks`, else, where no name fits and the counts do, by position. */
export function matchMasks(frames: readonly string[], masks: readonly string[]): PairedMasks {
  const paired = pairMasks(frames, masks);
  const isByPosition = paired.masks === null && masks.length > 0 && masks.length === frames.length;
  return isByPosition ? { masks: [...masks], unmatched: [] } : paired;
}
