// The key that signs sessions: from the environment on many hosts, else made once and kept in the data folder.
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@engram/core";

const FEWEST_CHARACTERS = 32;

/** The data folder's lock is held: nobody else makes one meanwhile. @throws AppError BAD_INPUT where it is damaged */
export async function loadSecret(dataFolder: string): Promise<string> {
  const file = join(dataFolder, "secret");
  const kept = await readIfThere(file);
  if (kept === null) {
    const made = randomBytes(48).toString("base64url");
    await rm(`${file}.new`, { force: true });
    await writeFile(`${file}.new`, made, { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
    return made;
  }
  if (kept.length >= FEWEST_CHARACTERS) return kept;
  throw new AppError("BAD_INPUT", `${file} is damaged: remove it, and everybody signs in again.`);
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw err;
  }
}
