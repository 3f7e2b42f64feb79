// Runs the cases on WebGPU and sends what came to its parent, which started it with the environment of a driver.

import type { DeviceReport } from "@engram/core";
import { openDevice } from "../device.ts";
import { listDevices } from "../list-devices.ts";
import { type DeviceResults, runDeviceCases } from "./device-cases.ts";

export interface WebgpuAnswer {
  readonly results: DeviceResults;
  readonly reports: readonly DeviceReport[];
  /** what "auto" said and took */
  readonly auto: { readonly id: string; readonly messages: readonly string[] };
}

const device = await openDevice("onnx-webgpu");
const results = await runDeviceCases(device);
await device.dispose();
const messages: string[] = [];
const chosen = await openDevice("auto", {
  report: (message, level) => messages.push(`${level}: ${message}`),
});
const answer: WebgpuAnswer = {
  results,
  reports: await listDevices(),
  auto: { id: chosen.id, messages },
};
process.send?.(answer, () => process.exit(0));
