// The choice of a device.
import { openEagerDevice } from "./eager.ts";
import type { Device, DeviceId } from "./step.ts";

export async function openDevice(id: DeviceId | "auto"): Promise<Device> {
  if (id === "tfjs-cpu" || id === "auto") return openEagerDevice();
  throw new Error("onnx-cpu is not built yet");
}
