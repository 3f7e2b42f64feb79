// The trained weights of the authors' code, under the names and in the layouts of this package.
import { readFile } from "node:fs/promises";
import type { TensorData } from "@engram/engine";
import { mnadPredictionLayers } from "../mnad/layers.ts";
import { MEMORY } from "../mnad/state.ts";
import { float32 } from "./evaluate.ts";

/** Modules of the published code and, in them, the index of each convolution (its BatchNorm comes next). */
const MODULES: Readonly<Record<string, { readonly module: string; readonly index: number }>> = {
  "conv1.1": { module: "encoder.moduleConv1", index: 0 },
  "conv1.2": { module: "encoder.moduleConv1", index: 3 },
  "conv2.1": { module: "encoder.moduleConv2", index: 0 },
  "conv2.2": { module: "encoder.moduleConv2", index: 3 },
  "conv3.1": { module: "encoder.moduleConv3", index: 0 },
  "conv3.2": { module: "encoder.moduleConv3", index: 3 },
  "conv4.1": { module: "encoder.moduleConv4", index: 0 },
  "conv4.2": { module: "encoder.moduleConv4", index: 3 },
  "deconv4.1": { module: "decoder.moduleConv", index: 0 },
  "deconv4.2": { module: "decoder.moduleConv", index: 3 },
  up4: { module: "decoder.moduleUpsample4", index: 0 },
  "deconv3.1": { module: "decoder.moduleDeconv3", index: 0 },
  "deconv3.2": { module: "decoder.moduleDeconv3", index: 3 },
  up3: { module: "decoder.moduleUpsample3", index: 0 },
  "deconv2.1": { module: "decoder.moduleDeconv2", index: 0 },
  "deconv2.2": { module: "decoder.moduleDeconv2", index: 3 },
  up2: { module: "decoder.moduleUpsample2", index: 0 },
  "deconv1.1": { module: "decoder.moduleDeconv1", index: 0 },
  "deconv1.2": { module: "decoder.moduleDeconv1", index: 3 },
  "deconv1.3": { module: "decoder.moduleDeconv1", index: 6 },
};

/** Reads a safetensors file with the names of the published code's state dict. */
export async function readReferenceModel(path: string, width: number): Promise<Record<string, TensorData>> {
  const read = tensorReader(await readFile(path));
  const model: Record<string, TensorData> = { [MEMORY]: read("m_items") };
  for (const layer of mnadPredictionLayers(width)) {
    const { module, index } = MODULES[layer.name]!;
    model[`${layer.name}/filter`] = toHwio(read(`${module}.${index}.weight`));
    model[`${layer.name}/bias`] = read(`${module}.${index}.bias`);
    if (!layer.hasBatchNorm) continue;
    model[`${layer.name}/gamma`] = read(`${module}.${index + 1}.weight`);
    model[`${layer.name}/beta`] = read(`${module}.${index + 1}.bias`);
    model[`${layer.name}/mean`] = read(`${module}.${index + 1}.running_mean`);
    model[`${layer.name}/variance`] = read(`${module}.${index + 1}.running_var`);
  }
  return model;
}

function tensorReader(bytes: Buffer): (name: string) => TensorData {
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header: unknown = JSON.parse(bytes.toString("utf8", 8, 8 + headerLength));
  const entries = header as Record<string, { shape: number[]; data_offsets: [number, number] }>;
  return (name) => {
    const { shape, data_offsets } = entries[name]!;
    const [start, end] = data_offsets.map((offset) => bytes.byteOffset + 8 + headerLength + offset);
    return float32(shape, new Float32Array(bytes.buffer.slice(start, end)));
  };
}

/** [a, b, height, width] → [height, width, b, a]: torch's out-in to in-out, and in-out, transposed, to out-in. */
function toHwio({ shape, data }: TensorData): TensorData {
  const [a, b, height, width] = shape as [number, number, number, number];
  const area = height * width;
  const moved = new Float32Array(data.length);
  for (let i = 0; i < a * b; i++) {
    for (let tap = 0; tap < area; tap++)
      moved[tap * a * b + (i % b) * a + Math.floor(i / b)] = data[i * area + tap]!;
  }
  return float32([height, width, b, a], moved);
}
