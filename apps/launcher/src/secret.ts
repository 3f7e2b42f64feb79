// The key that signs sessions: from the environment on many hosts, else made once and kept in the data folder.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export async function loadSecret(dataFolder: string): Promise<string> {
  const file = join(dataFolder, "secret");
  try {
    await writeFile(file, randomBytes(48).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== "EEXIST") throw err;
  }
  return readFile(file, "utf8");
}
