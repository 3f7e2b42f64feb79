// The two ways to run a layer: with the batch's own statistics while training, and folded into one convolution
// with constant weights while scoring.
import { ops, type TensorData, type TensorDataMap, type TensorMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import { convolve, type Features } from "./convolve.ts";
import { BATCH_NORM_EPSILON, COLOURS, FIRST_LAYER, filterShape, type Layer, LEAK } from "./layer.ts";

type Tensor1D = ops.Tensor1D;
type Tensor4D = ops.Tensor4D;

/** Runs one layer of the table on float32 [batch, height, width, inputs], or over time [batch, time, height, width, inputs]. */
export type RunLayer<F extends Features = Tensor4D> = (name: string, input: F) => F;

/**
 * Layers as training runs them.
 *
 * Where batch normalization follows, the convolution's bias is left out: normalization subtracts it again, so its
 * gradient is exactly zero (in floating point it is noise, which Adam would turn into steps of full size). It enters
 * the statistics alone, as it would have, and so keeps its initial value.
 *
 * @param parameters by name, e.g. `conv1.1/filter`
 * @param statistics filled by the forward pass with what each batch normalization saw, under the names of the
 *   running statistics that they go into: `conv1.1/mean` and `conv1.1/variance`, the latter unbiased, as torch has it
 */
export function trainingLayers<F extends Features = Tensor4D>(
  layers: readonly Layer[],
  parameters: TensorMap,
  channels: Channels,
  statistics: Record<string, ops.Tensor>,
): RunLayer<F> {
  return runner(layers, (layer, input) => {
    const { name } = layer;
    const stored = parameters[`${name}/filter`]!;
    const filter = name === FIRST_LAYER && channels === 1 ? sumColours(stored as Tensor4D) : stored;
    const bias = parameters[`${name}/bias`] as Tensor1D;
    const output = convolve(layer, input, filter);
    if (!layer.hasBatchNorm) return ops.add(output, bias);
    const gamma = parameters[`${name}/gamma`] as Tensor1D;
    const beta = parameters[`${name}/beta`] as Tensor1D;
    const { y, mean, variance } = ops.batchNormTraining(output, gamma, beta, BATCH_NORM_EPSILON);
    const count = output.size / layer.outputs;
    statistics[`${name}/mean`] = ops.add(mean, bias);
    statistics[`${name}/variance`] = ops.mul(variance, count / (count - 1));
    return y;
  });
}

/** Layers as scoring runs them. @param weights those of `foldWeights`, for the same channels */
export function scoringLayers<F extends Features = Tensor4D>(
  layers: readonly Layer[],
  weights: TensorMap,
): RunLayer<F> {
  return runner(layers, (layer, input) => {
    const filter = weights[`${layer.name}/filter`]!;
    return ops.add(convolve(layer, input, filter), weights[`${layer.name}/bias`] as Tensor1D);
  });
}

function runner<F extends Features>(
  layers: readonly Layer[],
  linear: (layer: Layer, input: F) => F,
): RunLayer<F> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return (name, input) => {
    const layer = byName.get(name);
    if (layer === undefined) throw new Error(`The network names a layer "${name}" that its table lacks.`);
    const output = linear(layer, input);
    switch (layer.activation) {
      case "relu":
        return ops.relu(output);
      case "leakyRelu":
        return ops.leakyRelu(output, LEAK);
      case "tanh":
        return ops.tanh(output);
      case "none":
        return output;
      default:
        throw layer.activation satisfies never;
    }
  };
}

/**
 * The first filter as a grey frame sees it. A grey frame stands for three equal colours, and a convolution over
 * equal channels is one over a single channel with the filters' sum: a third of the work, the same result.
 *
 * @param filter float32 [3, 3, frames·3, outputs]
 * @returns float32 [3, 3, frames, outputs]
 */
function sumColours(filter: Tensor4D): Tensor4D {
  const [height, width, inputs, outputs] = filter.shape;
  const frames = inputs / COLOURS;
  const colours = ops.reshape(filter, [height * width * frames, COLOURS, outputs]);
  return ops.reshape(ops.sum(colours, 1), [height, width, frames, outputs]);
}

/**
 * Filters and biases with batch normalization folded in, for frozen statistics:
 * filter' = filter · γ/√(variance + ε) per output, bias' = (bias − mean) · γ/√(variance + ε) + β.
 * For grey frames the first filter is summed over the colours as well.
 *
 * @param state a trained state, by name
 * @returns `<layer>/filter` and `<layer>/bias` of every layer
 */
export function foldWeights(
  layers: readonly Layer[],
  state: TensorDataMap,
  channels: Channels,
): TensorDataMap {
  const folded: Record<string, TensorData> = {};
  for (const layer of layers) {
    const of = (part: string) => state[`${layer.name}/${part}`]!.data;
    const scale = new Float64Array(layer.outputs).fill(1);
    const bias = new Float32Array(of("bias"));
    if (layer.hasBatchNorm) {
      const [gamma, beta, mean, variance] = [of("gamma"), of("beta"), of("mean"), of("variance")];
      for (let o = 0; o < layer.outputs; o++) {
        scale[o] = gamma[o]! / Math.sqrt(variance[o]! + BATCH_NORM_EPSILON);
        bias[o] = (bias[o]! - mean[o]!) * scale[o]! + beta[o]!;
      }
    }
    const filter = scaleFilter(layer, of("filter"), scale);
    const isGreyInput = layer.name === FIRST_LAYER && channels === 1;
    folded[`${layer.name}/filter`] = isGreyInput ? sumColoursOnHost(layer, filter) : filter;
    folded[`${layer.name}/bias`] = { shape: [layer.outputs], dtype: "float32", data: bias };
  }
  return folded;
}

function scaleFilter(layer: Layer, filter: TensorData["data"], scale: Float64Array): TensorData {
  const { kind, inputs, outputs } = layer;
  const scaled = new Float32Array(filter.length);
  for (let i = 0; i < scaled.length; i++) {
    const output = kind === "up" ? Math.floor(i / inputs) % outputs : i % outputs;
    scaled[i] = filter[i]! * scale[output]!;
  }
  return { shape: filterShape(layer), dtype: "float32", data: scaled };
}

function sumColoursOnHost(layer: Layer, { shape, data }: TensorData): TensorData {
  const frames = layer.inputs / COLOURS;
  const { outputs } = layer;
  const summed = new Float32Array(data.length / COLOURS);
  for (let i = 0; i < summed.length; i++) {
    const first = Math.floor(i / outputs) * COLOURS * outputs + (i % outputs);
    summed[i] = data[first]! + data[first + outputs]! + data[first + 2 * outputs]!;
  }
  return { shape: [shape[0]!, shape[1]!, frames, outputs], dtype: "float32", data: summed };
}

/** uint8 values to the network's range: x/127.5 − 1, in [-1, 1]. */
export function toNetworkRange(pixels: Tensor4D): Tensor4D {
  return ops.sub(ops.div(pixels, 127.5), 1);
}
