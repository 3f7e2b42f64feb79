// The state of MNAD: what it holds, under which names, and how it begins.
import {
  adamInitialState,
  adamStateSpecs,
  type TensorData,
  type TensorDataMap,
  type TensorSpec,
} from "@engram/engine";
import { mulberry32 } from "@engram/numerics";
import { type Layer, parameterSpecs, statisticSpecs } from "./layers.ts";

/** The memory, float32 [items, 8·width], unit rows. */
export const MEMORY = "memory/items";

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

/** Everything that scoring needs. */
export function modelSpecs(layers: readonly Layer[], items: number): Readonly<Record<string, TensorSpec>> {
  const channels = queryChannels(layers);
  const specs: Record<string, TensorSpec> = { [MEMORY]: { shape: [items, channels], dtype: "float32" } };
  for (const layer of layers) Object.assign(specs, parameterSpecs(layer), statisticSpecs(layer));
  return specs;
}

/** Everything that training carries from step to step. */
export function trainingSpecs(layers: readonly Layer[], items: number): Readonly<Record<string, TensorSpec>> {
  return { ...modelSpecs(layers, items), ...adamStateSpecs(trainedParameters(layers)) };
}

function queryChannels(layers: readonly Layer[]): number {
  const last = layers.find((layer) => layer.name === "conv4.2");
  if (last === undefined) throw new Error('The table of layers lacks "conv4.2", which makes the queries.');
  return last.outputs;
}

/**
 * The state before training, drawn from mulberry32(seed) in the order of the layers, items last.
 *
 * Weights and biases U(±1/√fanIn) with fanIn = inputs·9, for a transposed convolution outputs·9 (torch's default);
 * γ = 1, β = 0, running mean 0 and variance 1; Adam's moments 0; items are unit rows of U[0, 1).
 */
export function initialState(layers: readonly Layer[], items: number, seed: number): TensorDataMap {
  const next = mulberry32(seed);
  const bounds = new Map<string, number>();
  for (const layer of layers) {
    const bound = 1 / Math.sqrt(9 * (layer.kind === "conv" ? layer.inputs : layer.outputs));
    bounds.set(`${layer.name}/filter`, bound).set(`${layer.name}/bias`, bound);
  }
  const state: Record<string, TensorData> = { ...adamInitialState(trainedParameters(layers)) };
  const { [MEMORY]: memory, ...specs } = modelSpecs(layers, items);
  for (const [name, spec] of Object.entries(specs)) {
    const data = new Float32Array(spec.shape.reduce((product, length) => product * length, 1));
    const bound = bounds.get(name);
    if (bound !== undefined) for (let i = 0; i < data.length; i++) data[i] = bound * (2 * next() - 1);
    else if (name.endsWith("/gamma") || name.endsWith("/variance")) data.fill(1);
    state[name] = { ...spec, data };
  }
  state[MEMORY] = { ...memory!, data: unitRows(items, memory!.shape[1]!, next) };
  return state;
}

function unitRows(rows: number, columns: number, next: () => number): Float32Array {
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * columns, (row + 1) * columns);
    for (let c = 0; c < columns; c++) values[c] = next();
    const norm = Math.hypot(...values);
    for (let c = 0; c < columns; c++) values[c] = values[c]! / norm;
  }
  return data;
}
