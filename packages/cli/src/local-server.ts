// The server of the data folder: found by `server.json`, or started for the length of one command.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AppError, LOCAL_SIGN_IN_PATH, type LocalServer, localServerSchema, READY_LINE } from "@engram/core";
import { undoOnInterrupt } from "./interrupt.ts";

/** null where none runs. A file left by a killed server does not count. */
export async function findLocalServer(dataFolder: string): Promise<LocalServer | null> {
  let text: string;
  try {
    text = await readFile(join(dataFolder, "server.json"), "utf8");
  } catch {
    return null;
  }
  const server = parseServer(text);
  return server && (await isHealthy(server.baseUrl)) ? server : null;
}

/** null for what no living server wrote. */
function parseServer(text: string): LocalServer | null {
  try {
    return localServerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function isHealthy(baseUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${baseUrl}/health`, { signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
}

export interface StartedServer {
  readonly server: LocalServer;
  stop(): Promise<void>;
}

/** @throws AppError UNAVAILABLE with what the server said where it does not come up */
export async function startLocalServer(launcherMain: string, dataFolder: string): Promise<StartedServer> {
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), launcherMain, "serve", "--port", "0", "--data", dataFolder],
    { stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true },
  );
  const said: string[] = [];
  createInterface({ input: child.stderr! }).on("line", (line) => said.push(line));
  const forget = undoOnInterrupt(() => stopChild(child));
  const stop = () => stopChild(child).finally(forget);
  await untilReady(child, said);
  const server = await findLocalServer(dataFolder);
  if (!server) {
    await stop();
    throw new AppError("UNAVAILABLE", "The server started but does not answer.");
  }
  return { server, stop };
}

async function untilReady(child: ChildProcess, said: readonly string[]): Promise<void> {
  const lines = createInterface({ input: child.stdout! });
  const ready = new Promise<void>((resolve) => {
    lines.on("line", (line) => line === READY_LINE && resolve());
  });
  const ended = once(child, "close").then(() => {
    throw new AppError("UNAVAILABLE", said.at(-1) ?? "The server ended before it was ready.");
  });
  ended.catch(() => undefined);
  await Promise.race([ready, ended]);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  if (child.connected) child.disconnect();
  await ended;
}

/** The owner's one-time sign-in link, from the server of this machine. */
export async function requestSignInLink(server: LocalServer): Promise<string> {
  const response = await fetch(`${server.baseUrl}${LOCAL_SIGN_IN_PATH}`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.controlToken}` },
  });
  if (!response.ok)
    throw new AppError("UNAVAILABLE", `The server refused a sign-in link (HTTP ${response.status}).`);
  const { link } = (await response.json()) as { link: string };
  return link;
}
