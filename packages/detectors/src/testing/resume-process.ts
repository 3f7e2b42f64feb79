// A process that goes on with a training: `node --import tsx resume-process.ts <folder> <hash>`, the folder a
// checkpoint's. Prints, as JSON, the losses of each step and the sha256 of each tensor of the last state.
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDevice, tensorBytes } from "@engram/engine";
import { sha256 } from "../checkpoint/files.ts";
import { openTrainingCheckpoint } from "../checkpoint/read.ts";
import { trainDetector } from "../train.ts";
import type { Losses } from "../training-position.ts";
import { trainingClips } from "./training-clips.ts";

const [folder = "", hash = ""] = process.argv.slice(2);
const checkpoint = await openTrainingCheckpoint({
  hash,
  names: readdirSync(folder),
  read: (name) => readFile(join(folder, name)),
});
const losses: Losses[] = [];
let tensors: Record<string, string> = {};
const device = await openDevice("onnx-cpu", { report: () => undefined });
await trainDetector({
  detector: checkpoint.detector,
  device,
  clips: trainingClips,
  signal: new AbortController().signal,
  resumeFrom: checkpoint,
  onProgress: (at) => losses.push(at.losses),
  onCheckpoint: async ({ state }) => {
    const entries = Object.entries(state);
    tensors = Object.fromEntries(entries.map(([name, tensor]) => [name, sha256([tensorBytes(tensor)])]));
  },
  clock: () => 0,
});
await device.dispose();
process.stdout.write(JSON.stringify({ losses, tensors }));
