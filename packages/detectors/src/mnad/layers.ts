// The layers of MNAD prediction as one table: shapes, initialization, counting and folding read it,
// so that none of them can disagree with the network (network.ts), which names these layers.
import type { TensorSpec } from "@engram/engine";

/** Frames the published prediction model looks at, and their colours. */
export const INPUT_FRAMES = 4;
export const COLOURS = 3;

export interface Layer {
  readonly name: string;
  /** conv: 3×3, stride 1, padding 1. up: transposed 3×3, stride 2, padding 1, output padding 1 */
  readonly kind: "conv" | "up";
  readonly inputs: number;
  readonly outputs: number;
  readonly hasBatchNorm: boolean;
  readonly activation: "relu" | "tanh" | "none";
}

/** Batch normalization as published: ε in the denominator, share of the new batch in the running statistics. */
export const BATCH_NORM_EPSILON = 1e-5;
export const BATCH_NORM_MOMENTUM = 0.1;

/** The layer whose input is the frames. */
export const FIRST_LAYER = "conv1.1";

function conv(name: string, inputs: number, outputs: number): Layer {
  return { name, kind: "conv", inputs, outputs, hasBatchNorm: true, activation: "relu" };
}

function up(name: string, inputs: number, outputs: number): Layer {
  return { name, kind: "up", inputs, outputs, hasBatchNorm: true, activation: "relu" };
}

function bare(name: string, inputs: number, outputs: number, activation: "tanh" | "none"): Layer {
  return { name, kind: "conv", inputs, outputs, hasBatchNorm: false, activation };
}

/**
 * The layers in the order of the forward pass, for a first convolution of `width` channels (published: 64).
 *
 * Source: Park, Noh, Ham, CVPR 2020, and its published code. `conv4.2` ends without normalization and
 * activation: a ReLU there would clip the memory's queries to one orthant.
 */
export function mnadPredictionLayers(width: number): readonly Layer[] {
  return [
    conv("conv1.1", INPUT_FRAMES * COLOURS, width),
    conv("conv1.2", width, width),
    conv("conv2.1", width, 2 * width),
    conv("conv2.2", 2 * width, 2 * width),
    conv("conv3.1", 2 * width, 4 * width),
    conv("conv3.2", 4 * width, 4 * width),
    conv("conv4.1", 4 * width, 8 * width),
    bare("conv4.2", 8 * width, 8 * width, "none"),
    conv("deconv4.1", 16 * width, 8 * width),
    conv("deconv4.2", 8 * width, 8 * width),
    up("up4", 8 * width, 4 * width),
    conv("deconv3.1", 8 * width, 4 * width),
    conv("deconv3.2", 4 * width, 4 * width),
    up("up3", 4 * width, 2 * width),
    conv("deconv2.1", 4 * width, 2 * width),
    conv("deconv2.2", 2 * width, 2 * width),
    up("up2", 2 * width, width),
    conv("deconv1.1", 2 * width, width),
    conv("deconv1.2", width, width),
    bare("deconv1.3", width, COLOURS, "tanh"),
  ];
}

/** [3, 3, inputs, outputs] for a convolution, [3, 3, outputs, inputs] for a transposed one. */
export function filterShape(layer: Layer): readonly [number, number, number, number] {
  return layer.kind === "conv" ? [3, 3, layer.inputs, layer.outputs] : [3, 3, layer.outputs, layer.inputs];
}

const vector = (length: number): TensorSpec => ({ shape: [length], dtype: "float32" });

/** The trained numbers of a layer by their names in the state, e.g. `conv1.1/filter`. */
export function parameterSpecs(layer: Layer): Readonly<Record<string, TensorSpec>> {
  const { name, outputs } = layer;
  return {
    [`${name}/filter`]: { shape: filterShape(layer), dtype: "float32" },
    [`${name}/bias`]: vector(outputs),
    ...(layer.hasBatchNorm && { [`${name}/gamma`]: vector(outputs), [`${name}/beta`]: vector(outputs) }),
  };
}

/** The running statistics of a layer's batch normalization. */
export function statisticSpecs(layer: Layer): Readonly<Record<string, TensorSpec>> {
  if (!layer.hasBatchNorm) return {};
  return { [`${layer.name}/mean`]: vector(layer.outputs), [`${layer.name}/variance`]: vector(layer.outputs) };
}

/**
 * Trained numbers of all layers: 15,650,819 at width 64.
 *
 * The published code counts 15,651,843; the 1,024 more are the scale and shift of a BatchNorm of 512 channels
 * that its encoder owns and never runs.
 */
export function countParameters(layers: readonly Layer[]): number {
  let count = 0;
  for (const layer of layers) {
    for (const spec of Object.values(parameterSpecs(layer))) {
      count += spec.shape.reduce((product, length) => product * length, 1);
    }
  }
  return count;
}
