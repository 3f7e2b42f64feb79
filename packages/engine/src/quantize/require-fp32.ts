// Devices that cannot compute in 8 bits say so.
import { AppError } from "@engram/core";
import type { CompileOptions, DeviceId } from "../step.ts";

/** @throws AppError UNAVAILABLE where another precision is asked for */
export function requireFp32(id: DeviceId, options: CompileOptions | undefined): void {
  if (options === undefined || options.precision === "FP32") return;
  throw new AppError(
    "UNAVAILABLE",
    `Device ${id} computes in FP32 only: precision ${options.precision} needs the device onnx-cpu.`,
  );
}
