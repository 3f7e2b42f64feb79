// The workers that are alive. They serve every organization of the installation: whoever is a member of one may see them.
import { deviceReportSchema } from "@engram/core";
import { type Database, listLiveWorkers, type Worker } from "@engram/db";
import { z } from "zod";
import { parseColumn } from "../../schema/json-column.ts";

const UNKNOWN = "UNKNOWN";

export interface LiveWorker extends Pick<Worker, "id" | "hostname" | "version" | "startedAt"> {
  readonly devices: readonly ListedDevice[];
}

export type WorkerService = ReturnType<typeof createWorkerService>;

/** As a worker of any version reports it: a kind or state that this version does not know is told as such. */
export const listedDeviceSchema = deviceReportSchema.extend({
  kind: z.enum([...deviceReportSchema.shape.kind.options, UNKNOWN]).catch(UNKNOWN),
  state: z.enum([...deviceReportSchema.shape.state.options, UNKNOWN]).catch(UNKNOWN),
});
export type ListedDevice = z.infer<typeof listedDeviceSchema>;

const devicesSchema = listedDeviceSchema.array();

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
