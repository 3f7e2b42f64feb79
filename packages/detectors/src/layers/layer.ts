// A network's layers as one table: shapes, initialization, counting and folding read it, so that none of them can
// disagree with the network, which names these layers.
import { sizeOf, type TensorSpec } from "@engram/engine";

/** Colours of a frame to a network, grey ones included. */
export const COLOURS = 3;

export interface Layer {
  readonly name: string;
  /** conv: 3×3, stride 1, padding 1. down: the same at stride 2. up: transposed 3×3, stride 2, padding 1, output padding 1 */
  readonly kind: "conv" | "down" | "up";
  /** in a network over time as well, where kernels are 3×3×3: the layer's stride along time. Absent in one over pictures */
  readonly timeStride?: 1 | 2;
  readonly inputs: number;
  readonly outputs: number;
  readonly hasBatchNorm: boolean;
  readonly activation: "relu" | "leakyRelu" | "tanh" | "none";
}

/** Batch normalization as published: ε in the denominator, share of the new batch in the running statistics. */
export const BATCH_NORM_EPSILON = 1e-5;
export const BATCH_NORM_MOMENTUM = 0.1;

/** Slope of `leakyRelu` below 0. */
export const LEAK = 0.2;

/** The layer whose input is frames in three colours. */
export const FIRST_LAYER = "conv1.1";

/** [3, 3, inputs, outputs] for a convolution, [3, 3, outputs, inputs] for a transposed one; over time one 3 more in front. */
export function filterShape({ kind, timeStride, inputs, outputs }: Layer): readonly number[] {
  const kernel = timeStride === undefined ? [3, 3] : [3, 3, 3];
  return kind === "up" ? [...kernel, outputs, inputs] : [...kernel, inputs, outputs];
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

/** Trained numbers of all layers. */
export function countParameters(layers: readonly Layer[]): number {
  let count = 0;
  for (const layer of layers) {
    for (const spec of Object.values(parameterSpecs(layer))) {
      count += sizeOf(spec.shape);
    }
  }
  return count;
}
