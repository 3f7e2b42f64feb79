// The devices of this machine, looked at in a process of their own: the worker's own loads no tensors, and goes on.
import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type DeviceReport, deviceReportSchema } from "@engram/core";

const LIST_MAIN = fileURLToPath(new URL("../list-devices.ts", import.meta.url));
const TSX_LOADER = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

export interface DeviceList {
  /** rejects where the process ended without an answer that can be read */
  readonly devices: Promise<DeviceReport[]>;
  stop(): void;
}

export function startDeviceList(): DeviceList {
  const child = fork(LIST_MAIN, [], {
    execArgv: ["--import", TSX_LOADER],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const devices = new Promise<DeviceReport[]>((resolve, reject) => {
    child.once("message", (message) => {
      const list = deviceReportSchema.array().safeParse(message);
      if (list.success) resolve(list.data);
      else reject(list.error);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => reject(new Error(`Its process ended (${signal ?? code}).`)));
  });
  return { devices, stop: () => void child.kill("SIGKILL") };
}
