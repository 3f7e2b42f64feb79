// The choice of a device.
import { AppError, isAppError } from "@engram/core";
import { openEagerDevice } from "./eager.ts";
import { type OnnxDeviceOptions, openOnnxCpuDevice } from "./onnx/device.ts";
import { probe } from "./probe.ts";
import { DEVICE_IDS, type Device, type DeviceId } from "./step.ts";

export interface OpenDeviceOptions extends OnnxDeviceOptions {
  /** told which device was taken and why; default: a line on stderr */
  readonly report?: (message: string, level: "info" | "warning") => void;
}

/**
 * Opens a device and proves it with a small convolution and its gradients against known values.
 *
 * @param id a device, or "auto": the compiled one, or, with a warning, the slow reference where that one does not work
 * @throws AppError UNKNOWN_DEVICE for another id
 * @throws AppError UNAVAILABLE where a device asked for by name does not work here
 */
export async function openDevice(id: DeviceId | "auto", options: OpenDeviceOptions = {}): Promise<Device> {
  const report = options.report ?? ((message) => process.stderr.write(`${message}\n`));
  if (id !== "auto") {
    if (!DEVICE_IDS.includes(id)) throw unknownDevice(id);
    return proven(id, options);
  }
  try {
    const device = await proven("onnx-cpu", options);
    report(`Device onnx-cpu: ${device.description}. It is the fastest that works here.`, "info");
    return device;
  } catch (err) {
    const device = await proven("tfjs-cpu", options);
    const reason = err instanceof Error ? err.message : String(err);
    report(`Device tfjs-cpu, about a hundred times slower than onnx-cpu, because: ${reason}`, "warning");
    return device;
  }
}

async function proven(id: DeviceId, options: OpenDeviceOptions): Promise<Device> {
  try {
    const device = id === "onnx-cpu" ? await openOnnxCpuDevice(options) : openEagerDevice();
    await probe(device);
    return device;
  } catch (err) {
    if (isAppError(err) && err.code === "BAD_INPUT") throw err;
    const reason = err instanceof Error ? err.message : String(err);
    throw new AppError("UNAVAILABLE", `Device ${id} does not work on this machine: ${reason}`, {
      cause: err,
    });
  }
}

function unknownDevice(id: string): AppError {
  const known = ["auto", ...DEVICE_IDS].join(", ");
  return new AppError("UNKNOWN_DEVICE", `Unknown device "${id}": expected one of ${known}.`);
}
