// The process that one device is inspected in: `inspection-process.ts <device> [threads]`, its report by IPC.
import { AppError } from "@engram/core";
import { DEVICE_KINDS } from "./device-kinds.ts";
import { inspectDevice } from "./inspect-device.ts";
import { DEVICE_IDS } from "./step.ts";

const [given, threads] = process.argv.slice(2);
const id = DEVICE_IDS.find((known) => known === given);
if (id === undefined || process.send === undefined) {
  throw new AppError("BAD_INPUT", "Expected the name of a device, and a channel to its parent.");
}
process.once("disconnect", () => process.exit(1));
const report = await inspectDevice(
  DEVICE_KINDS[id],
  threads === undefined ? {} : { threads: Number(threads) },
);
// The channel, and some drivers' threads, would keep the process.
process.send(report, () => process.exit(0));
