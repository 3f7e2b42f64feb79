// What a device is worth on this machine: opened, proven, timed, closed again.
import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type DeviceReport, deviceReportSchema } from "@engram/core";
import { HOST_DEVICES } from "./choice.ts";
import { DEVICE_KINDS, type DeviceKind } from "./device-kinds.ts";
import { measureSpeed, probe } from "./probe.ts";
import type { Device, DeviceId } from "./step.ts";

const inspectionSchema = deviceReportSchema.omit({ isDefault: true });
export type Inspection = Omit<DeviceReport, "isDefault">;

export interface InspectOptions {
  /** as in `openDevice` */
  readonly threads?: number;
}

const INSPECTION_MAIN = fileURLToPath(new URL("./inspection-process.ts", import.meta.url));
const TSX_LOADER = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** A software driver takes seconds to compile what the probe needs; a driver that hangs takes for ever. */
const INSPECTION_LIMIT_MS = 60_000;
/** A processor has no driver to hang: it is late where others take it all, and not to be refused for that. */
const HOST_INSPECTION_LIMIT_MS = 600_000;

/** Opens the device and proves it. @throws Error of any kind where it does not work */
export async function openProven(kind: DeviceKind, options: InspectOptions): Promise<Device> {
  const device = await kind.open(options);
  try {
    await probe(device);
    return device;
  } catch (err) {
    await device.dispose();
    throw err;
  }
}

/** In this process: native code at fault would end it. */
export async function inspectDevice(kind: DeviceKind, options: InspectOptions = {}): Promise<Inspection> {
  const absent = kind.whyAbsent();
  if (absent !== null) return inspection(kind, "NOT_INSTALLED", absent);
  try {
    const device = await openProven(kind, options);
    try {
      const gflops = await measureSpeed(device);
      const memoryBytes = await kind.memoryBytes();
      return { ...inspection(kind, "READY", device.description), gflops, memoryBytes };
    } finally {
      await device.dispose();
    }
  } catch (err) {
    return inspection(kind, "REFUSED", reasonOf(err));
  }
}

/** In a process of its own, so that a driver that crashes or hangs is one device less and nothing else. */
export async function inspectApart(id: DeviceId, options: InspectOptions = {}): Promise<Inspection> {
  const kind = DEVICE_KINDS[id];
  const absent = kind.whyAbsent();
  if (absent !== null) return inspection(kind, "NOT_INSTALLED", absent);
  const { threads } = options;
  const args = [id, ...(threads === undefined ? [] : [String(threads)])];
  const isHost = HOST_DEVICES.some((host) => host === id);
  const limitMs = isHost ? HOST_INSPECTION_LIMIT_MS : INSPECTION_LIMIT_MS;
  const outcome = await runInspection(INSPECTION_MAIN, args, limitMs);
  if (typeof outcome === "string") return inspection(kind, "REFUSED", outcome);
  return outcome;
}

/** What the process `main` says of a device, or in one sentence why it said nothing. */
export function runInspection(
  main: string,
  args: readonly string[],
  limitMs: number,
): Promise<Inspection | string> {
  return new Promise((resolve) => {
    // What drivers print says nothing that the report does not.
    const stdio = ["ignore", "ignore", "ignore", "ipc"] as const;
    const child = fork(main, args, { execArgv: ["--import", TSX_LOADER], stdio: [...stdio] });
    let said: Inspection | string | undefined;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, limitMs);
    child.once("message", (message) => {
      said = inspectionSchema.safeParse(message).data ?? "Its process reported what is no report.";
    });
    child.once("error", (err) => {
      clearTimeout(timer);
      resolve(`Its process could not be started: ${err.message}`);
    });
    // Not "exit": the message may still be in the channel then.
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
      const why = isLate ? `It did not answer within ${limitMs / 1000} s.` : `Its process ended ${how}.`;
      resolve(said ?? why);
    });
  });
}

/**
 * What an error says to people. Native providers say before and after it where in their sources it arose; the folders of
 * this machine are not for everyone who may read of its devices.
 */
export function reasonOf(err: unknown): string {
  const message = err instanceof Error ? err.message : String(err);
  return message
    .split("\n", 1)[0]!
    .replace(/^\/onnxruntime_src\/.* was false\. /, "")
    .replace(/(?<![\w:/])\/\S*\//g, "")
    .trim();
}

function inspection(kind: DeviceKind, state: Inspection["state"], description: string): Inspection {
  return { id: kind.id, kind: kind.kind, state, description, memoryBytes: null, gflops: null };
}
