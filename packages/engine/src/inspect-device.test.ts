import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { getBackend } from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEVICE_KINDS, tfjsNode } from "./device-kinds.ts";
import { inspectApart, inspectDevice, runInspection } from "./inspect-device.ts";
import { hostMemoryBytes } from "./memory.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "engram-devices-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file in a folder of its own, as the package `@tensorflow/<id>` would be installed beside it. */
async function installed(name: string, id: "tfjs-node" | "tfjs-node-gpu", main: string): Promise<string> {
  const home = path.join(folder, name, "node_modules/@tensorflow", id);
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, "package.json"), JSON.stringify({ main: "index.js" }));
  await writeFile(path.join(home, "index.js"), main);
  return path.join(folder, name, "index.js");
}

const memory = async () => 1;

/** Stands in for libtensorflow, which no registry has: the plain JavaScript kernels under the name of its backend. */
function registering(isUsingGpuDevice: boolean): string {
  const tensorflow = createRequire(import.meta.url).resolve("@tensorflow/tfjs");
  const cpu = createRequire(tensorflow).resolve("@tensorflow/tfjs-backend-cpu");
  return `const tf = require(${JSON.stringify(tensorflow)});
    const { MathBackendCPU } = require(${JSON.stringify(cpu)});
    if (tf.findBackend("tensorflow") !== null) tf.removeBackend("tensorflow");
    for (const kernel of tf.getKernelsForBackend("cpu")) tf.registerKernel({ ...kernel, backendName: "tensorflow" });
    tf.registerBackend("tensorflow", () =>
      Object.assign(new MathBackendCPU(), { isUsingGpuDevice: ${isUsingGpuDevice} }));
    tf.setBackend("tensorflow");
    exports.version = { "tfjs-node": "4.22.0" };`;
}

describe("inspecting a device", () => {
  it("finds onnx-cpu ready, with its speed and the memory of the machine, in a process of its own too", async () => {
    for (const report of [await inspectDevice(DEVICE_KINDS["onnx-cpu"]), await inspectApart("onnx-cpu")]) {
      expect(report).toMatchObject({ id: "onnx-cpu", kind: "compiled", state: "READY" });
      expect(report.description).toMatch(/^ONNX Runtime \d+\.\d+\.\d+, CPU provider, \d+ threads?$/);
      expect(report.gflops).toBeGreaterThan(0);
      expect(report.memoryBytes).toBe(hostMemoryBytes());
    }
  });

  it("calls a device whose package is not there NOT_INSTALLED", async () => {
    const kind = tfjsNode("tfjs-node", memory, path.join(folder, "nowhere/index.js"));
    expect(await inspectDevice(kind)).toMatchObject({
      ...{ state: "NOT_INSTALLED", gflops: null, memoryBytes: null },
      description: "The package @tensorflow/tfjs-node is not installed: docs/deployment.md says how.",
    });
  });

  it("refuses a package whose native part does not load, and says why", async () => {
    const from = await installed(
      "broken",
      "tfjs-node",
      `process.dlopen({ exports: {} }, "/no/tfjs_binding.node");`,
    );
    const report = await inspectDevice(tfjsNode("tfjs-node", memory, from));
    expect(report.state).toBe("REFUSED");
    expect(report.description).toMatch(/^tfjs_binding\.node: cannot open shared object file/);
  });

  it("refuses a package that registers nothing with this TensorFlow.js", async () => {
    const from = await installed("foreign", "tfjs-node", "");
    const report = await inspectDevice(tfjsNode("tfjs-node", memory, from));
    expect(report).toMatchObject({ state: "REFUSED", description: expect.stringMatching(/another copy/) });
  });

  it("proves and times an installed package, and leaves the process's own backend as it was", async () => {
    const before = getBackend();
    const from = await installed("whole", "tfjs-node", registering(false));
    const report = await inspectDevice(tfjsNode("tfjs-node", memory, from));
    expect(report).toMatchObject({ state: "READY", kind: "eager", memoryBytes: 1 });
    expect(report.description).toBe("tfjs-node 4.22.0, TensorFlow on the CPU");
    expect(report.gflops).toBeGreaterThan(0);
    expect(getBackend()).toBe(before);
  });

  it("refuses a GPU build that computes on the CPU", async () => {
    const from = await installed("no-gpu", "tfjs-node-gpu", registering(false));
    const report = await inspectDevice(tfjsNode("tfjs-node-gpu", memory, from));
    expect(report).toMatchObject({ state: "REFUSED", description: expect.stringMatching(/found no GPU/) });
  });
});

describe("a process that inspects", () => {
  const processOf = async (name: string, code: string) => {
    const file = path.join(folder, `${name}.mjs`);
    await writeFile(file, code);
    return file;
  };

  it("may crash: the reason is told, and nothing else ends", async () => {
    const main = await processOf(
      "crash",
      `process.kill(process.pid, "SIGSEGV"); setInterval(() => {}, 1000);`,
    );
    expect(await runInspection(main, [], 60_000)).toBe("Its process ended by SIGSEGV.");
  });

  it("may hang: it is ended when its time is over", async () => {
    const main = await processOf("hang", "setInterval(() => {}, 1000);");
    expect(await runInspection(main, [], 500)).toBe("It did not answer within 0.5 s.");
  });

  it("may end without a word", async () => {
    const main = await processOf("silent", "process.exit(3);");
    expect(await runInspection(main, [], 60_000)).toBe("Its process ended with exit code 3.");
  });

  it("may talk nonsense: that is no report, and no error here", async () => {
    const main = await processOf("nonsense", "process.send({ id: 1 }, () => process.exit(0));");
    expect(await runInspection(main, [], 60_000)).toBe("Its process reported what is no report.");
  });
});
