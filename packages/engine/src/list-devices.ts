// Every device that the engine knows, as it is on this machine.
import type { DeviceReport } from "@engram/core";
import { autoOrder } from "./choice.ts";
import { type Inspection, type InspectOptions, inspectApart } from "./inspect-device.ts";
import { DEVICE_IDS } from "./step.ts";

/**
 * Opens, proves and times each device, one after the other, in processes of their own. Takes about a second for each
 * that is installed.
 */
export async function listDevices(options: InspectOptions = {}): Promise<DeviceReport[]> {
  const inspections: Inspection[] = [];
  for (const id of DEVICE_IDS) inspections.push(await inspectApart(id, options));
  const isReady = (id: string) =>
    inspections.some((inspection) => inspection.id === id && inspection.state === "READY");
  const byDefault = autoOrder(inspections).find(isReady);
  return inspections.map((inspection) => ({ ...inspection, isDefault: inspection.id === byDefault }));
}
