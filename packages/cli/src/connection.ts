// From the settings to a client that is signed in: a server elsewhere, the one of the data folder, or one that is
// started for this command alone.
import { join } from "node:path";
import { AppError, type LocalServer } from "@engram/core";
import { createEngramClient, type EngramClient } from "@engram/sdk";
import { z } from "zod";
import { loadApiKey, saveApiKey } from "./credentials.ts";
import { findLocalServer, requestSignInLink, startLocalServer } from "./local-server.ts";
import type { Settings } from "./settings.ts";

export interface Connection {
  readonly client: EngramClient;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** the server lives only as long as this command: a job must be waited for */
  readonly isOwnServer: boolean;
  close(): Promise<void>;
}

/** Does something with the server of this command, which is let go of afterwards. */
export type WithConnection = (work: (connection: Connection) => Promise<void>) => Promise<void>;

const remoteFile = (settings: Settings) => join(settings.configFolder, "credentials.json");
const localFile = (settings: Settings) => join(settings.dataFolder, "cli-credentials.json");
const LOCAL = "local";

export async function connect(settings: Settings): Promise<Connection> {
  if (settings.serverUrl) return connectElsewhere(settings, settings.serverUrl);
  const running = await findLocalServer(settings.dataFolder);
  if (running) return connectLocally(settings, running, false, async () => undefined);
  process.stderr.write("No server is running on this data folder: one is started for this command.\n");
  const started = await startLocalServer(settings.launcherMain, settings.dataFolder);
  try {
    return await connectLocally(settings, started.server, true, started.stop);
  } catch (err) {
    await started.stop();
    throw err;
  }
}

async function connectElsewhere(settings: Settings, baseUrl: string): Promise<Connection> {
  const apiKey = settings.apiKey ?? (await loadApiKey(remoteFile(settings), baseUrl));
  if (!apiKey)
    throw new AppError("UNAUTHENTICATED", `Not signed in at ${baseUrl}: run "engram login <one-time link>".`);
  return connection(baseUrl, apiKey, false, async () => undefined);
}

async function connectLocally(
  settings: Settings,
  server: LocalServer,
  isOwnServer: boolean,
  close: () => Promise<void>,
): Promise<Connection> {
  const kept = settings.apiKey ?? (await loadApiKey(localFile(settings), LOCAL));
  if (kept && (await isAccepted(server.baseUrl, kept)))
    return connection(server.baseUrl, kept, isOwnServer, close);
  const apiKey = await exchangeLink(server.baseUrl, await requestSignInLink(server));
  await saveApiKey(localFile(settings), LOCAL, apiKey);
  return connection(server.baseUrl, apiKey, isOwnServer, close);
}

function connection(
  baseUrl: string,
  apiKey: string,
  isOwnServer: boolean,
  close: () => Promise<void>,
): Connection {
  return { client: createEngramClient({ baseUrl, apiKey }), baseUrl, apiKey, isOwnServer, close };
}

async function isAccepted(baseUrl: string, apiKey: string): Promise<boolean> {
  const response = await post(
    `${baseUrl}/graphql`,
    { query: "{ viewer { id } }" },
    {
      authorization: `Bearer ${apiKey}`,
    },
  );
  if (!response.ok)
    throw new AppError("UNAVAILABLE", `The server cannot answer now (HTTP ${response.status}).`);
  const answer = (await response.json()) as { data?: { viewer: unknown } | null };
  return answer.data?.viewer != null;
}

/** `engram login`: a one-time link for a key, kept by server. */
export async function login(settings: Settings, link: string): Promise<string> {
  const baseUrl = settings.serverUrl ?? parseLink(link).origin;
  await saveApiKey(remoteFile(settings), baseUrl, await exchangeLink(baseUrl, link));
  return baseUrl;
}

/** @throws AppError BAD_INPUT */
function parseLink(link: string): URL {
  const url = URL.canParse(link) ? new URL(link) : null;
  if (url?.searchParams.get("token")) return url;
  throw new AppError("BAD_INPUT", "That is not a sign-in link: it carries no token.");
}

/** @throws AppError UNAVAILABLE where nothing answers */
async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
  return fetch(url, request).catch((err: unknown) => {
    throw new AppError("UNAVAILABLE", `No server answers at ${new URL(url).origin}.`, { cause: err });
  });
}

const loginAnswerSchema = z.object({ apiKey: z.string() });

async function exchangeLink(baseUrl: string, link: string): Promise<string> {
  const token = parseLink(link).searchParams.get("token");
  const response = await post(`${baseUrl}/api/cli/login`, { token });
  if (response.status !== 200 && response.status !== 401) {
    throw new AppError("UNAVAILABLE", `${baseUrl} does not sign anybody in now (HTTP ${response.status}).`);
  }
  if (!response.ok) {
    throw new AppError(
      "UNAUTHENTICATED",
      "The sign-in link was not accepted: it works once, and for a limited time.",
    );
  }
  return loginAnswerSchema.parse(await response.json()).apiKey;
}
