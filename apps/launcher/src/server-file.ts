// `server.json` in the data folder tells commands on this machine where the server is and lets them ask it for
// a sign-in link. Whoever can read it (mode 0600) owns the data folder anyway.
import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalServer } from "@engram/core";

const serverFile = (dataFolder: string) => join(dataFolder, "server.json");

export const createControlToken = (): string => randomBytes(32).toString("base64url");

export async function writeServerFile(dataFolder: string, server: LocalServer): Promise<void> {
  // Renamed into place: a command never reads half of it.
  const draft = `${serverFile(dataFolder)}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, `${JSON.stringify(server)}\n`, { mode: 0o600 });
  await rename(draft, serverFile(dataFolder));
}

export async function removeServerFile(dataFolder: string): Promise<void> {
  await rm(serverFile(dataFolder), { force: true });
}
