// The command's only reader of the environment, and the places it keeps things in.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@engram/core";

/** The checkout that this command is part of; its launcher starts a server where none runs. */
const REPOSITORY_ROOT = resolve(fileURLToPath(new URL("../../..", import.meta.url)));

export interface Settings {
  /** null: the server of the data folder */
  readonly serverUrl: string | null;
  /** null: signed in by `engram login`, or by the data folder's server */
  readonly apiKey: string | null;
  readonly dataFolder: string;
  /** keys for servers elsewhere */
  readonly configFolder: string;
  readonly launcherMain: string;
}

/** @throws AppError BAD_INPUT */
export function readSettings(
  options: { server?: string; data?: string },
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const serverUrl = (options.server ?? env.ENGRAM_URL)?.replace(/\/+$/, "") || null;
  if (serverUrl !== null && !(/^https?:/.test(serverUrl) && URL.canParse(serverUrl))) {
    throw new AppError(
      "BAD_INPUT",
      `"${serverUrl}" is no address of a server: expected http://… or https://…`,
    );
  }
  return {
    serverUrl,
    apiKey: env.ENGRAM_API_KEY || null,
    dataFolder: resolve(REPOSITORY_ROOT, options.data ? resolve(options.data) : env.ENGRAM_DATA || "data"),
    configFolder: join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "engram"),
    launcherMain: join(REPOSITORY_ROOT, "apps/launcher/src/main.ts"),
  };
}
