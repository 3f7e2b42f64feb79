// The execution providers of ONNX Runtime that devices here are made of: what each needs on the machine, and how a
// session asks for it. A node that a provider has no kernel for runs on the CPU provider, which every session has.
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { type InferenceSession, listSupportedBackends } from "onnxruntime-node";
import type { DeviceId } from "../step.ts";
import type { Graph } from "../trace/graph.ts";
import { nodeName } from "./model-proto.ts";

export type OnnxDeviceId = Extract<DeviceId, `onnx-${string}`>;

export interface Provider {
  readonly title: string;
  /** null, or in one sentence what is missing on this machine */
  whyAbsent(): string | null;
  /** in order of preference */
  configure(graph: Graph): readonly InferenceSession.ExecutionProviderConfig[];
  /** what a run returns can stay on the device and go into the next: of the Node binding's providers, WebGPU alone */
  readonly keepsState: boolean;
  /** a graphics processor's own convolution is faster than the matrix products of Winograd's form */
  readonly usesWinograd: boolean;
}

const requireHere = createRequire(import.meta.url);

export function onnxRuntimeVersion(): string {
  return (requireHere("onnxruntime-node/package.json") as { version: string }).version;
}

export const PROVIDERS: Readonly<Record<OnnxDeviceId, Provider>> = {
  "onnx-cpu": {
    title: "CPU provider",
    whyAbsent: () => null,
    configure: () => ["cpu"],
    keepsState: false,
    usesWinograd: true,
  },
  "onnx-webgpu": {
    title: "WebGPU provider",
    whyAbsent: () => whyUnsupported("webgpu") ?? whyNoVulkan(),
    configure: (graph) => {
      const pools = poolsWithIndices(graph);
      return [{ name: "webgpu", ...(pools.length > 0 && { forceCpuNodeNames: pools }) }];
    },
    keepsState: true,
    usesWinograd: false,
  },
  "onnx-cuda": {
    title: "CUDA provider",
    whyAbsent: () => whyUnsupported("cuda") ?? whyNoLibrary("cuda"),
    configure: () => ["cuda"],
    keepsState: false,
    usesWinograd: false,
  },
  "onnx-tensorrt": {
    title: "TensorRT provider",
    whyAbsent: () => whyUnsupported("tensorrt") ?? whyNoLibrary("tensorrt"),
    // What TensorRT does not take, CUDA does.
    configure: () => ["tensorrt", "cuda"],
    keepsState: false,
    usesWinograd: false,
  },
};

function whyUnsupported(backend: string): string | null {
  if (listSupportedBackends().some(({ name }) => name === backend)) return null;
  return `onnxruntime-node has no ${backend} provider for ${process.platform} on ${process.arch}.`;
}

/** The npm package comes without these libraries; its install script downloads them when it is asked to. */
function whyNoLibrary(provider: "cuda" | "tensorrt"): string | null {
  const root = path.dirname(requireHere.resolve("onnxruntime-node/package.json"));
  const file = `libonnxruntime_providers_${provider}.so`;
  if (existsSync(path.join(root, "bin/napi-v6", process.platform, process.arch, file))) return null;
  return `${file} is not installed: docs/deployment.md says how.`;
}

/** On Linux WebGPU stands on Vulkan: its loader and a driver's manifest. macOS and Windows have what it needs. */
function whyNoVulkan(): string | null {
  if (process.platform !== "linux") return null;
  const loader = "libvulkan.so.1";
  if (!isLoadable(loader)) return `The Vulkan loader (${loader}) is not installed.`;
  const named = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (named !== undefined) {
    if (named.split(path.delimiter).some((file) => existsSync(file))) return null;
    return `No Vulkan driver is installed: ${named} is not there.`;
  }
  const folders = [
    process.env.XDG_CONFIG_HOME ?? path.join(homedir(), ".config"),
    process.env.XDG_DATA_HOME ?? path.join(homedir(), ".local/share"),
    ...["/etc/xdg", "/etc", "/usr/local/share", "/usr/share"],
  ].map((folder) => path.join(folder, "vulkan/icd.d"));
  if (folders.some((folder) => existsSync(folder) && readdirSync(folder).length > 0)) return null;
  return "No Vulkan driver is installed.";
}

/** Asks the system's own loader, which knows where libraries are; that this one is no Node addon is no fault here. */
function isLoadable(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (err) {
    return err instanceof Error && err.message.startsWith("Module did not self-register");
  }
}

/** The WebGPU provider takes a MaxPool that also tells where its values came from, and fails when it runs it. */
function poolsWithIndices({ nodes }: Graph): string[] {
  return nodes.flatMap((node, index) =>
    node.op === "MaxPool" && node.outputs.length > 1 ? [nodeName(node, index)] : [],
  );
}
