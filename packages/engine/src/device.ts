// The choice of a device.
import { AppError, isAppError } from "@engram/core";
import { ACCELERATORS, autoOrder } from "./choice.ts";
import { DEVICE_KINDS } from "./device-kinds.ts";
import { type Inspection, inspectApart, openProven, reasonOf } from "./inspect-device.ts";
import type { OnnxDeviceOptions } from "./onnx/device.ts";
import { DEVICE_IDS, type Device, type DeviceId } from "./step.ts";

export interface OpenDeviceOptions extends OnnxDeviceOptions {
  /** told which device was taken and why, and which were passed over; default: a line on stderr */
  readonly report?: Report;
}

type Report = (message: string, level: "info" | "warning") => void;

const toStandardError: Report = (message) => void process.stderr.write(`${message}\n`);

/**
 * Opens a device and proves it with a small convolution and its gradients against known values.
 *
 * @param id a device, or "auto": the best that works here, by class (CUDA, TensorFlow's GPU build, WebGPU, ONNX Runtime
 *   on the CPU, TensorFlow on the CPU, plain JavaScript), a GPU only where it was measured faster than `onnx-cpu`. One
 *   that is there and does not work is passed over with a warning; one that is not installed, silently
 * @throws AppError UNKNOWN_DEVICE for another id
 * @throws AppError UNAVAILABLE where a device asked for by name, or every device, does not work here
 */
export async function openDevice(id: DeviceId | "auto", options: OpenDeviceOptions = {}): Promise<Device> {
  if (id === "auto") return openBest(options, options.report ?? toStandardError);
  if (!DEVICE_IDS.includes(id)) throw unknownDevice(id);
  const kind = DEVICE_KINDS[id];
  const absent = kind.whyAbsent();
  if (absent !== null) throw unavailable(id, absent);
  try {
    return await openProven(kind, options);
  } catch (err) {
    if (isAppError(err) && err.code === "BAD_INPUT") throw err;
    throw unavailable(id, reasonOf(err), err);
  }
}

async function openBest(options: OpenDeviceOptions, report: Report): Promise<Device> {
  const inspections = await inspectAccelerators(options);
  const order = autoOrder(inspections);
  for (const { id, state, description } of inspections) {
    if (state === "REFUSED") report(`Device ${id} does not work on this machine: ${description}`, "warning");
    else if (!order.some((tried) => tried === id))
      report(`Device ${id} is slower here than onnx-cpu: its driver may be software.`, "info");
  }
  for (const id of order) {
    if (DEVICE_KINDS[id].whyAbsent() !== null) continue;
    try {
      const device = await openDevice(id, options);
      sayChosen(device, inspections, report);
      return device;
    } catch (err) {
      if (isAppError(err) && err.code === "BAD_INPUT") throw err;
      report(reasonOf(err), "warning");
    }
  }
  throw new AppError("UNAVAILABLE", "No device works on this machine.");
}

/** Of the accelerators that are there and, where one of them works, of `onnx-cpu`, which it must beat. */
async function inspectAccelerators({ threads }: OpenDeviceOptions): Promise<Inspection[]> {
  const options = threads === undefined ? {} : { threads };
  const inspections: Inspection[] = [];
  for (const id of ACCELERATORS) {
    if (DEVICE_KINDS[id].whyAbsent() === null) inspections.push(await inspectApart(id, options));
  }
  if (inspections.some(({ state }) => state === "READY")) {
    inspections.push(await inspectApart("onnx-cpu", options));
  }
  return inspections;
}

function sayChosen(device: Device, inspections: readonly Inspection[], report: Report): void {
  if (device.id === "tfjs-cpu") {
    const message = `Device tfjs-cpu: ${device.description}. It is about a hundred times slower than onnx-cpu.`;
    report(message, "warning");
    return;
  }
  const speeds = speedsOf(inspections);
  const measured = speeds === "" ? "" : ` (${speeds})`;
  report(`Device ${device.id}: ${device.description}. It is the fastest that works here${measured}.`, "info");
}

function speedsOf(inspections: readonly Inspection[]): string {
  return inspections
    .flatMap(({ id, gflops }) => (gflops === null ? [] : [`${id} ${gflops.toPrecision(3)} GFLOP/s`]))
    .join(", ");
}

function unavailable(id: DeviceId, reason: string, cause?: unknown): AppError {
  return new AppError("UNAVAILABLE", `Device ${id} does not work on this machine: ${reason}`, { cause });
}

function unknownDevice(id: string): AppError {
  const known = ["auto", ...DEVICE_IDS].join(", ");
  return new AppError("UNKNOWN_DEVICE", `Unknown device "${id}": expected one of ${known}.`);
}
