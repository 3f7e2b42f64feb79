// What a network of layers keeps, under which names, and how it begins.
import type { TensorData, TensorDataMap, TensorSpec } from "@engram/engine";
import { ops, sizeOf, type TensorMap } from "@engram/engine";
import { normalArray, type Random } from "@engram/numerics";
import { BATCH_NORM_MOMENTUM, filterShape, type Layer, parameterSpecs, statisticSpecs } from "./layer.ts";

/** Parameters that have a gradient: all but the biases that batch normalization cancels (see `trainingLayers`). */
export function trainedParameters(layers: readonly Layer[]): Readonly<Record<string, TensorSpec>> {
  const specs: Record<string, TensorSpec> = {};
  for (const layer of layers) {
    for (const [name, spec] of Object.entries(parameterSpecs(layer))) {
      const isCancelled = layer.hasBatchNorm && name === `${layer.name}/bias`;
      if (!isCancelled) specs[name] = spec;
    }
  }
  return specs;
}

/** Parameters and statistics. */
export function networkSpecs(layers: readonly Layer[]): Readonly<Record<string, TensorSpec>> {
  const specs: Record<string, TensorSpec> = {};
  for (const layer of layers) Object.assign(specs, parameterSpecs(layer), statisticSpecs(layer));
  return specs;
}

/**
 * The network before training, drawn in the order of the layers.
 *
 * Weights and biases U(±1/√fanIn) with fanIn the taps of a kernel times the inputs, for a transposed convolution times
 * the outputs (torch's default); γ = 1, β = 0, running mean 0 and variance 1.
 */
export function drawNetwork(layers: readonly Layer[], next: Random): TensorDataMap {
  const bounds = new Map<string, number>();
  for (const layer of layers) {
    // Of either kind of filter the last length is the one that torch leaves out.
    const bound = 1 / Math.sqrt(sizeOf(filterShape(layer).slice(0, -1)));
    bounds.set(`${layer.name}/filter`, bound).set(`${layer.name}/bias`, bound);
  }
  const network: Record<string, TensorData> = {};
  for (const [name, spec] of Object.entries(networkSpecs(layers))) {
    const data = new Float32Array(sizeOf(spec.shape));
    const bound = bounds.get(name);
    if (bound !== undefined) for (let i = 0; i < data.length; i++) data[i] = bound * (2 * next() - 1);
    else if (name.endsWith("/gamma") || name.endsWith("/variance")) data.fill(1);
    network[name] = { ...spec, data };
  }
  return network;
}

/**
 * The network before training as DCGAN draws it: filters N(0, 0.02²) and γ N(1, 0.02²), the rest as `drawNetwork`.
 */
export function drawNormalNetwork(layers: readonly Layer[], next: Random): TensorDataMap {
  const drawn = Object.entries(drawNetwork(layers, next)).map(([name, tensor]) => {
    const count = tensor.data.length;
    if (name.endsWith("/filter")) return [name, { ...tensor, data: normalArray(count, next, 0, 0.02) }];
    if (name.endsWith("/gamma")) return [name, { ...tensor, data: normalArray(count, next, 1, 0.02) }];
    return [name, tensor];
  });
  return Object.fromEntries(drawn);
}

/** Running statistics after a step: (1 − momentum) · running + momentum · seen, of each that was seen. */
export function nextStatistics(state: TensorMap, seen: TensorMap): Record<string, ops.Tensor> {
  const next: Record<string, ops.Tensor> = {};
  for (const [name, statistic] of Object.entries(seen)) {
    const running = ops.mul(state[name]!, 1 - BATCH_NORM_MOMENTUM);
    next[name] = ops.add(running, ops.mul(statistic, BATCH_NORM_MOMENTUM));
  }
  return next;
}
