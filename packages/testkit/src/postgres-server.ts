// The server under the tests' databases, in a folder of its own below the system's temporary one.
import { readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isAppError } from "@engram/core";
import { lockDataFolder, type ReleaseDataFolder, startEmbeddedPostgres } from "@engram/db/embedded";
import { makeTempFolder } from "./temp-folder.ts";

/** What a crash would lose does not matter here. */
const FAST_SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  max_connections: 300,
};
const NAME = "postgres";

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  await sweep();
  const folder = await makeTempFolder(NAME);
  const release = await lockDataFolder(folder.path);
  try {
    const server = await start(folder.path);
    return {
      url: server.url,
      async stop() {
        await server.stop();
        await release();
        await folder.remove();
      },
    };
  } catch (err) {
    await folder.remove();
    throw err;
  }
}

function start(dataFolder: string) {
  return startEmbeddedPostgres({ dataFolder, log: () => undefined, settings: FAST_SETTINGS });
}

/** A folder this young may belong to a process that has not locked it yet. */
const YOUNG_MS = 60_000;

/** A run that was killed leaves its server behind: the next run ends it. */
async function sweep(): Promise<void> {
  const names = await readdir(tmpdir());
  for (const name of names.filter((each) => each.startsWith(`engram-test-${NAME}-`))) {
    const folder = path.join(tmpdir(), name);
    const release = await takeAbandoned(folder);
    if (release === null) continue;
    // One that is broken is only in the way.
    const server = await start(folder).catch(() => null);
    await server?.stop();
    await release();
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeAbandoned(folder: string): Promise<ReleaseDataFolder | null> {
  const facts = await stat(folder).catch(() => null);
  if (facts === null || Date.now() - facts.birthtimeMs < YOUNG_MS) return null;
  try {
    return await lockDataFolder(folder);
  } catch (err) {
    if (isAppError(err)) return null;
    throw err;
  }
}
