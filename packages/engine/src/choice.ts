// The order in which "auto" tries devices.
import type { Inspection } from "./inspect-device.ts";
import type { DeviceId } from "./step.ts";

/**
 * Fastest class first. TensorRT is not among them: it builds an engine for each graph, for minutes, at every start of a
 * job; whoever wants it names it.
 */
export const ACCELERATORS = ["onnx-cuda", "tfjs-node-gpu", "onnx-webgpu"] as const satisfies DeviceId[];
export const HOST_DEVICES = ["onnx-cpu", "tfjs-node", "tfjs-cpu"] as const satisfies DeviceId[];

/**
 * The devices that "auto" tries, best first. An accelerator is among them where it is READY and was measured faster than
 * `onnx-cpu`: WebGPU on a driver that computes in software, which looks like any other, is not.
 */
export function autoOrder(inspections: readonly Inspection[]): DeviceId[] {
  const speedOf = (id: DeviceId) => inspections.find((inspection) => inspection.id === id)?.gflops ?? null;
  const hostSpeed = speedOf("onnx-cpu");
  const worthwhile = ACCELERATORS.filter((id) => {
    const speed = speedOf(id);
    return speed !== null && (hostSpeed === null || speed > hostSpeed);
  });
  return [...worthwhile, ...HOST_DEVICES];
}
