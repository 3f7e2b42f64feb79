// Notices the end of a server at once: its connections break. One broken connection alone proves nothing
// (an administrator may have ended it), so the process is looked at, and the watch goes on where it lives.
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { readProcess } from "./processes.ts";

export interface ServerWatch {
  close(): Promise<void>;
}

const RECONNECT_MS = 250;

export async function watchServer(url: string, pid: number, onDeath: () => void): Promise<ServerWatch> {
  const closing = new AbortController();
  let client = await connect(url);
  const watch = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await ended(client);
      while (!closing.signal.aborted) {
        if (readProcess(pid) === null) return onDeath();
        const next = await connect(url).catch(() => null);
        if (next !== null) {
          client = next;
          break;
        }
        await delay(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  const watching = watch();
  return {
    async close() {
      closing.abort();
      await client.end();
      await watching;
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: "engram-watch", keepAlive: true });
  // A broken connection is told by "end", which follows.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

function ended(client: pg.Client): Promise<void> {
  return new Promise((resolve) => client.once("end", () => resolve()));
}
