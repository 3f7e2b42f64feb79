// Native TensorFlow for the eager devices. Its packages are not dependencies: installing them downloads libtensorflow.
// They are used where somebody has added them.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { AppError } from "@engram/core";
import { findBackend, getBackend, type KernelBackend, setBackend } from "@tensorflow/tfjs";
import { openEagerDevice } from "./eager.ts";
import type { Device } from "./step.ts";

export type TfjsNodeDeviceId = "tfjs-node" | "tfjs-node-gpu";

const BACKEND = "tensorflow";

interface TensorflowBackend extends KernelBackend {
  readonly isUsingGpuDevice?: boolean;
}

export function whyNoTfjsNode(id: TfjsNodeDeviceId, from: string = import.meta.url): string | null {
  if (locate(id, from) !== null) return null;
  return `The package @tensorflow/${id} is not installed: docs/deployment.md says how.`;
}

/**
 * @param from the file or its URL whose folders are searched for the package
 * @throws Error as the package throws where its native part does not load
 * @throws AppError UNAVAILABLE where it registers with another copy of TensorFlow.js, or finds no GPU for its GPU build
 */
export async function openTfjsNodeDevice(
  id: TfjsNodeDeviceId,
  from: string = import.meta.url,
): Promise<Device> {
  const main = locate(id, from);
  if (main === null) throw new AppError("UNAVAILABLE", `the package @tensorflow/${id} is not installed.`);
  const previous = getBackend();
  const loaded: { readonly version?: { readonly "tfjs-node"?: string } } = await import(
    pathToFileURL(main).href
  );
  // The package makes its backend the current one of the process.
  if (previous) await setBackend(previous);
  const backend: TensorflowBackend | null = findBackend(BACKEND);
  if (backend === null) {
    throw new AppError("UNAVAILABLE", "it uses another copy of @tensorflow/tfjs-core than the platform.");
  }
  if (id === "tfjs-node-gpu" && backend.isUsingGpuDevice !== true) {
    throw new AppError("UNAVAILABLE", "it found no GPU that it can use, or not its CUDA libraries.");
  }
  const version = loaded.version?.["tfjs-node"] ?? "of unknown version";
  const processor = id === "tfjs-node-gpu" ? "GPU" : "CPU";
  return openEagerDevice({
    id,
    backend: BACKEND,
    description: `${id} ${version}, TensorFlow on the ${processor}`,
  });
}

function locate(id: TfjsNodeDeviceId, from: string): string | null {
  try {
    return createRequire(from).resolve(`@tensorflow/${id}`);
  } catch {
    return null;
  }
}
