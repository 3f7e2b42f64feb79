// WebGPU without a GPU: ONNX Runtime's provider on SwiftShader, the Vulkan driver that comes with Debian's chromium.
// A loader's search path counts from the start of a process, so the device runs in one of its own.
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { KERNEL_TOLERANCE } from "../testing/both-devices.ts";
import { type DeviceResults, KERNEL_CASE_NAMES, runDeviceCases } from "../testing/device-cases.ts";
import type { WebgpuAnswer } from "../testing/webgpu-process.ts";
import { openOnnxDevice } from "./device.ts";

const DRIVER_FOLDER = "/usr/lib/chromium";
const DRIVER = `${DRIVER_FOLDER}/vk_swiftshader_icd.json`;
const PROCESS = fileURLToPath(new URL("../testing/webgpu-process.ts", import.meta.url));

function hasDriver(): boolean {
  if (existsSync(DRIVER)) return true;
  const reason = `WebGPU tests need a Vulkan driver: install Debian's chromium, which brings ${DRIVER}.`;
  if (process.env.CI === "true") throw new Error(`${reason} With CI=true they must run.`);
  console.warn(`Skipped: ${reason}`);
  return false;
}

function askWebgpu(): Promise<WebgpuAnswer> {
  return new Promise((resolve, reject) => {
    const child = fork(PROCESS, [], {
      execArgv: ["--import", "tsx"],
      serialization: "advanced",
      env: {
        ...process.env,
        LD_LIBRARY_PATH: DRIVER_FOLDER,
        VK_ICD_FILENAMES: DRIVER,
        XDG_RUNTIME_DIR: tmpdir(),
      },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.once("message", (answer) => resolve(answer as WebgpuAnswer));
    child.once("error", reject);
    child.once("close", (code, signal) => reject(new Error(`The process ended (${code ?? signal}).`)));
  });
}

describe.skipIf(!hasDriver())("onnx-webgpu on SwiftShader", () => {
  let webgpu: WebgpuAnswer;
  let host: DeviceResults;
  beforeAll(async () => {
    webgpu = await askWebgpu();
    host = await runDeviceCases(openOnnxDevice("onnx-cpu"));
  }, 600_000);

  it.each(KERNEL_CASE_NAMES)("computes %s, and the gradients, like onnx-cpu", (name) => {
    const [came, expected] = [webgpu.results.kernels[name]!, host.kernels[name]!];
    expect(Object.keys(came)).toEqual(Object.keys(expected));
    for (const [output, data] of Object.entries(expected)) {
      expect(came[output], output).toBeAllClose(data, KERNEL_TOLERANCE);
    }
  });

  it("trains to the same losses and memory items", () => {
    expect(webgpu.results.losses).toBeAllClose(host.losses, { rtol: 1e-3, atol: 0 });
    expect(webgpu.results.memory).toBeAllClose(host.memory, { rtol: 0, atol: 1e-3 });
  });

  it("scores the same", () => {
    for (const [name, data] of Object.entries(host.scores)) {
      expect(webgpu.results.scores[name], name).toBeAllClose(data, { rtol: 0, atol: 1e-4 });
    }
  });

  it("keeps state of every type on the device, and gives it back in the logical layout", () => {
    expect(Object.keys(webgpu.results.state)).toEqual(Object.keys(host.state));
    for (const [name, data] of Object.entries(host.state)) {
      expect(webgpu.results.state[name], name).toBeAllClose(data, { rtol: 1e-6, atol: 0 });
    }
  });

  it("is READY, and passed over by auto for being slower than the CPU", () => {
    const report = webgpu.reports.find(({ id }) => id === "onnx-webgpu");
    expect(report).toMatchObject({ state: "READY", isDefault: false, gflops: expect.any(Number) });
    expect(webgpu.auto.id).not.toBe("onnx-webgpu");
    expect(webgpu.auto.messages).toContainEqual(expect.stringMatching(/^info: Device onnx-webgpu is slower/));
  });
});
