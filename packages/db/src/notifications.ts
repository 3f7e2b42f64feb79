// Live updates: a change of a job notifies its id, and whoever listens reads the row again. Notifications are
// lost while a listener is away, so a slow poll goes over what has changed since, and at once after a reconnect.
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { z } from "zod";

const CHANNEL = "engram_job";

/** Sent when the transaction commits. */
export async function notifyJob(client: pg.ClientBase | pg.Pool, jobId: string): Promise<void> {
  await client.query("SELECT pg_notify($1, $2)", [CHANNEL, jobId]);
}

export interface ChangeListener {
  /** may be called more than once for one change, and for a change made before it began to listen */
  onJob(jobId: string): void;
  /** the connection broke and is being made again; for the log */
  onError?(err: Error): void;
}

export interface ListenOptions {
  /** default 15,000 */
  readonly pollMs?: number;
  /** between attempts to connect; default 500 */
  readonly reconnectMs?: number;
}

export interface Listening {
  close(): Promise<void>;
}

/** Resolves once the first connection listens. */
export async function listenForChanges(
  databaseUrl: string,
  listener: ChangeListener,
  options: ListenOptions = {},
): Promise<Listening> {
  const closing = new AbortController();
  const poll = new ChangePoll(listener);
  const pollMs = options.pollMs ?? 15_000;
  let client = await connect(databaseUrl, listener);
  await poll.run(client);

  const go = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await pollUntilEnd(client, poll, pollMs, closing.signal);
      } catch (err) {
        if (!closing.signal.aborted) listener.onError?.(err instanceof Error ? err : new Error(String(err)));
      }
      await client.end().catch(() => undefined);
      while (!closing.signal.aborted) {
        await delay(options.reconnectMs ?? 500, undefined, { signal: closing.signal }).catch(() => undefined);
        const next = await connect(databaseUrl, listener).catch(() => null);
        if (next === null) continue;
        client = next;
        break;
      }
    }
    await client.end().catch(() => undefined);
  };
  const going = go();
  return {
    async close() {
      closing.abort();
      await going;
    },
  };
}

async function pollUntilEnd(
  client: pg.Client,
  poll: ChangePoll,
  pollMs: number,
  signal: AbortSignal,
): Promise<void> {
  const ended = new Promise<never>((_resolve, reject) => {
    client.once("end", () => reject(new Error("the connection that listens for changes has ended")));
  });
  ended.catch(() => undefined);
  while (!signal.aborted) {
    await poll.run(client);
    await Promise.race([delay(pollMs, undefined, { signal }).catch(() => undefined), ended]);
  }
}

async function connect(databaseUrl: string, listener: ChangeListener): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "engram-listen",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // What breaks the connection is told by "end", which follows.
  client.on("error", () => undefined);
  client.on("notification", ({ payload }) => {
    if (payload !== undefined) listener.onJob(payload);
  });
  await client.connect();
  await client.query(`LISTEN ${CHANNEL}`);
  return client;
}

const changedSchema = z.array(z.object({ id: z.string(), revision: z.number(), changedAt: z.date() }));
const clockSchema = z.object({ now: z.date() });

/** A transaction's clock stands at its beginning, so changes appear somewhat late: the poll looks back this far. */
const OVERLAP_MS = 10_000;

class ChangePoll {
  readonly #listener: ChangeListener;
  readonly #told = new Map<string, { revision: number; changedAt: Date }>();
  #since: Date | null = null;

  constructor(listener: ChangeListener) {
    this.#listener = listener;
  }

  async run(client: pg.Client): Promise<void> {
    this.#since ??= clockSchema.parse((await client.query("SELECT now() AS now")).rows[0]).now;
    const { rows } = await client.query(
      `SELECT id, revision, "changedAt" FROM job
       WHERE "changedAt" > $1::timestamptz - $2 * interval '1 millisecond'
       ORDER BY "changedAt"`,
      [this.#since, OVERLAP_MS],
    );
    for (const { id, revision, changedAt } of changedSchema.parse(rows)) {
      if (changedAt > this.#since) this.#since = changedAt;
      if (this.#told.get(id)?.revision === revision) continue;
      this.#told.set(id, { revision, changedAt });
      this.#listener.onJob(id);
    }
    this.#forget();
  }

  #forget(): void {
    if (this.#since === null) return;
    const horizon = this.#since.getTime() - 2 * OVERLAP_MS;
    for (const [id, { changedAt }] of this.#told) {
      if (changedAt.getTime() < horizon) this.#told.delete(id);
    }
  }
}
