// The table of devices: what each needs, how it is opened, where its memory is. A new device is a line here.
import { openEagerDevice } from "./eager.ts";
import { hostMemoryBytes, nvidiaMemoryBytes } from "./memory.ts";
import { type OnnxDeviceOptions, openOnnxDevice } from "./onnx/device.ts";
import { type OnnxDeviceId, PROVIDERS } from "./onnx/providers.ts";
import type { Device, DeviceId } from "./step.ts";
import { openTfjsNodeDevice, type TfjsNodeDeviceId, whyNoTfjsNode } from "./tfjs-node.ts";

export interface DeviceKind {
  readonly id: DeviceId;
  readonly kind: Device["kind"];
  /** null, or in one sentence what is missing on this machine; cheap, and opens nothing */
  whyAbsent(): string | null;
  open(options: OnnxDeviceOptions): Promise<Device>;
  /** null: not known */
  memoryBytes(): Promise<number | null>;
}

const hostMemory = async () => hostMemoryBytes();
const unknownMemory = async () => null;

export const DEVICE_KINDS: Readonly<Record<DeviceId, DeviceKind>> = {
  "onnx-tensorrt": onnx("onnx-tensorrt", nvidiaMemoryBytes),
  "onnx-cuda": onnx("onnx-cuda", nvidiaMemoryBytes),
  // Which of several adapters it takes, it does not tell.
  "onnx-webgpu": onnx("onnx-webgpu", unknownMemory),
  "onnx-cpu": onnx("onnx-cpu", hostMemory),
  "tfjs-node-gpu": tfjsNode("tfjs-node-gpu", nvidiaMemoryBytes),
  "tfjs-node": tfjsNode("tfjs-node", hostMemory),
  "tfjs-cpu": {
    id: "tfjs-cpu",
    kind: "eager",
    whyAbsent: () => null,
    open: async () => openEagerDevice(),
    memoryBytes: hostMemory,
  },
};

function onnx(id: OnnxDeviceId, memoryBytes: DeviceKind["memoryBytes"]): DeviceKind {
  const { whyAbsent } = PROVIDERS[id];
  return {
    id,
    kind: "compiled",
    whyAbsent,
    open: async (options) => openOnnxDevice(id, options),
    memoryBytes,
  };
}

/** @param from where the package is looked for */
export function tfjsNode(
  id: TfjsNodeDeviceId,
  memoryBytes: DeviceKind["memoryBytes"],
  from?: string,
): DeviceKind {
  return {
    id,
    kind: "eager",
    whyAbsent: () => whyNoTfjsNode(id, from),
    open: () => openTfjsNodeDevice(id, from),
    memoryBytes,
  };
}
