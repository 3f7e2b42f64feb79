// The trained weights of the authors' code, under the names and in the layouts of this package.
import { AppError } from "@engram/core";
import type { TensorData, TensorDataMap } from "@engram/engine";
import { mnadPredictionLayers } from "./layers.ts";
import { MEMORY } from "./state.ts";

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

/**
 * A model of this package from the tensors of the published code's state dict, by the names of its modules.
 *
 * @param tensors float32, as `decodeSafetensors` gives them
 * @param width of the first convolution
 * @throws AppError BAD_INPUT naming a tensor that is missing
 */
export function fromPublishedWeights(tensors: TensorDataMap, width: number): TensorDataMap {
  const read = (name: string): TensorData => {
    const tensor = tensors[name];
    if (tensor !== undefined) return tensor;
    throw new AppError(
      "BAD_INPUT",
      `The file has no tensor "${name}" of the published MNAD prediction network.`,
    );
  };
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

/** [a, b, height, width] → [height, width, b, a]: torch's out-in to in-out, and in-out, transposed, to out-in. */
function toHwio({ shape, data }: TensorData): TensorData {
  const [a, b, height, width] = shape as [number, number, number, number];
  const area = height * width;
  const moved = new Float32Array(data.length);
  for (let i = 0; i < a * b; i++) {
    for (let tap = 0; tap < area; tap++)
      moved[tap * a * b + (i % b) * a + Math.floor(i / b)] = data[i * area + tap]!;
  }
  return { shape: [height, width, b, a], dtype: "float32", data: moved };
}
