import { describe, expect, it } from "vitest";
import { autoOrder, HOST_DEVICES } from "./choice.ts";
import type { Inspection } from "./inspect-device.ts";
import type { DeviceId } from "./step.ts";

const inspected = (id: DeviceId, gflops: number | null): Inspection => ({
  ...{ id, kind: "compiled", description: id, memoryBytes: null, gflops },
  state: gflops === null ? "REFUSED" : "READY",
});

describe("autoOrder", () => {
  it("is the host's devices alone where there is no accelerator", () => {
    expect(autoOrder([])).toEqual(HOST_DEVICES);
  });

  it("takes accelerators by class, and those that were refused not at all", () => {
    const inspections = [
      inspected("onnx-webgpu", 900),
      inspected("onnx-cuda", 800),
      inspected("onnx-cpu", 200),
    ];
    expect(autoOrder(inspections).slice(0, 3)).toEqual(["onnx-cuda", "onnx-webgpu", "onnx-cpu"]);
    expect(autoOrder([inspected("onnx-cuda", null), ...inspections.slice(2)])).toEqual(HOST_DEVICES);
  });

  it("passes over an accelerator that is no faster than the CPU", () => {
    expect(autoOrder([inspected("onnx-webgpu", 1), inspected("onnx-cpu", 200)])).toEqual(HOST_DEVICES);
  });

  it("takes an accelerator where onnx-cpu does not work", () => {
    expect(autoOrder([inspected("onnx-webgpu", 1), inspected("onnx-cpu", null)])[0]).toBe("onnx-webgpu");
  });

  it("leaves TensorRT to those who name it", () => {
    expect(autoOrder([inspected("onnx-tensorrt", 9000), inspected("onnx-cpu", 200)])).toEqual(HOST_DEVICES);
  });
});
