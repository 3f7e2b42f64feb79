// The workers that are alive. They serve every organization of the installation: whoever is a member of one may see them.
import { type DeviceReport, deviceReportSchema } from "@engram/core";
import { type Database, listLiveWorkers, type Worker } from "@engram/db";
import { parseColumn } from "../../schema/json-column.ts";

export interface LiveWorker extends Pick<Worker, "id" | "hostname" | "version" | "startedAt"> {
  readonly devices: readonly DeviceReport[];
}

export type WorkerService = ReturnType<typeof createWorkerService>;

const devicesSchema = deviceReportSchema.array();

export function createWorkerService(database: Database) {
  return {
    async listLive(): Promise<LiveWorker[]> {
      const workers = await listLiveWorkers(database);
      return workers.map((worker) => ({
        ...worker,
        devices: parseColumn(devicesSchema, worker.devices, "worker.devices"),
      }));
    },
  };
}
