// The worker processes of the installation, each alive while its heartbeat is recent. Times are the database's: the hosts'
// clocks may differ.
import type { DeviceReport } from "@engram/core";
import type { Database } from "./database.ts";
import type { Worker } from "./generated/prisma/client.ts";

export const WORKER_STALE_AFTER_MS = 60_000;
/** The row of a worker that was killed is kept for those who ask what became of it. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

export interface WorkerReport {
  readonly id: string;
  readonly hostname: string;
  readonly version: string;
  /** none until they have been looked at */
  readonly devices: readonly DeviceReport[];
}

/** A heartbeat, with all that there is to know: a row that was lost is written anew. */
export async function saveWorker(db: Database, worker: WorkerReport): Promise<void> {
  const { id, hostname, version, devices } = worker;
  await db.pool.query(
    `INSERT INTO worker (id, hostname, version, devices) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET devices = EXCLUDED.devices, "heartbeatAt" = CURRENT_TIMESTAMP`,
    [id, hostname, version, JSON.stringify(devices)],
  );
}

export async function removeWorker(db: Database, id: string): Promise<void> {
  await db.pool.query("DELETE FROM worker WHERE id = $1", [id]);
}

/** Those whose heartbeat is recent, by host, the longest-lived first. */
export async function listLiveWorkers(db: Database): Promise<Worker[]> {
  const { rows } = await db.pool.query<Worker>(
    `SELECT * FROM worker WHERE "heartbeatAt" > CURRENT_TIMESTAMP - $1 * interval '1 ms'
     ORDER BY hostname, "startedAt", id`,
    [WORKER_STALE_AFTER_MS],
  );
  return rows;
}

/** Removes the rows of workers that ended without a word long ago. */
export async function forgetDeadWorkers(db: Database): Promise<void> {
  await db.pool.query(`DELETE FROM worker WHERE "heartbeatAt" < CURRENT_TIMESTAMP - $1 * interval '1 ms'`, [
    FORGOTTEN_AFTER_MS,
  ]);
}
