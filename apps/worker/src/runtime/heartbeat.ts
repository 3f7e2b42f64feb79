// A worker's row: there from its start, with its devices once they have been looked at, gone when it stops.
import type { DeviceReport } from "@engram/core";
import { type Database, forgetDeadWorkers, removeWorker, saveWorker, type WorkerReport } from "@engram/db";
import type { Logger } from "pino";
import { startDeviceList } from "./device-list.ts";

/** A quarter of the time after which a worker counts as dead. */
const INTERVAL_MS = 15_000;

export interface HeartbeatOptions {
  readonly db: Database;
  readonly worker: Omit<WorkerReport, "devices">;
  readonly log: Logger;
}

export interface Heartbeat {
  /** takes the worker off the list */
  stop(): Promise<void>;
}

export function startHeartbeat({ db, worker, log }: HeartbeatOptions): Heartbeat {
  let devices: readonly DeviceReport[] = [];
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  const beat = () => {
    // One after the other: the older of two must not be the last to write.
    beating = beating
      .then(() => saveWorker(db, { ...worker, devices }))
      .catch((err: unknown) => log.warn({ err }, "The worker's heartbeat could not be written."))
      .finally(() => {
        clearTimeout(timer);
        if (!isStopping) timer = setTimeout(beat, INTERVAL_MS);
      });
  };
  beat();
  forgetDeadWorkers(db).catch((err: unknown) =>
    log.warn({ err }, "Dead workers' rows could not be removed."),
  );

  const list = startDeviceList();
  list.devices.then(
    (found) => {
      if (isStopping) return;
      devices = found;
      log.info({ devices: found.map(({ id, state, gflops }) => ({ id, state, gflops })) }, "Devices");
      beat();
    },
    (err: unknown) => {
      if (!isStopping) log.warn({ err }, "The devices of this machine could not be listed.");
    },
  );

  return {
    async stop() {
      isStopping = true;
      list.stop();
      clearTimeout(timer);
      await beating;
      await removeWorker(db, worker.id);
    },
  };
}
