// The process that lists the devices of this machine, once: its answer by IPC. Jobs come first.
import { constants, setPriority } from "node:os";
import { listDevices } from "@engram/engine";

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
process.once("disconnect", () => process.exit(1));
// These reach the whole process group at times: the parent decides.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
const devices = await listDevices();
process.send?.(devices, () => process.exit(0));
