// Which device a job computes on, and why: said once per job in the log.
import { AppError } from "@engram/core";
import { DEVICE_IDS, type Device, type DeviceId, openDevice } from "@engram/engine";
import type { Logger } from "pino";

/**
 * Opens the device that ENGRAM_DEVICE names, or with "auto" the best one that works here.
 *
 * @throws AppError UNKNOWN_DEVICE; UNAVAILABLE where the device asked for by name does not work on this machine
 */
export async function openJobDevice(choice: string, log: Logger): Promise<Device> {
  const device = await openDevice(parseDeviceChoice(choice), {
    report: (message, level) => (level === "warning" ? log.warn(message) : log.info(message)),
  });
  if (choice !== "auto") log.info(`Device ${device.id}: ${device.description}. ENGRAM_DEVICE asks for it.`);
  return device;
}

function parseDeviceChoice(choice: string): DeviceId | "auto" {
  const known = ["auto", ...DEVICE_IDS] as const;
  const found = known.find((id) => id === choice);
  if (found !== undefined) return found;
  throw new AppError(
    "UNKNOWN_DEVICE",
    `Unknown device "${choice}" in ENGRAM_DEVICE: expected one of ${known.join(", ")}.`,
  );
}
