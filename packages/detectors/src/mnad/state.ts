// The state of MNAD: what it holds, under which names, and how it begins.
import { adamInitialState, adamStateSpecs, type TensorDataMap, type TensorSpec } from "@engram/engine";
import { mulberry32 } from "@engram/numerics";
import type { Layer } from "../layers/layer.ts";
import { drawNetwork, networkSpecs, trainedParameters } from "../layers/state.ts";

/** The memory, float32 [items, 8·width], unit rows. */
export const MEMORY = "memory/items";

/** Everything that scoring needs. */
export function modelSpecs(layers: readonly Layer[], items: number): Readonly<Record<string, TensorSpec>> {
  return { [MEMORY]: { shape: [items, queryChannels(layers)], dtype: "float32" }, ...networkSpecs(layers) };
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
 * The state before training, drawn from mulberry32(seed): the network as `drawNetwork`, then the items, unit rows of
 * U[0, 1); Adam's moments are 0.
 */
export function initialState(layers: readonly Layer[], items: number, seed: number): TensorDataMap {
  const next = mulberry32(seed);
  const network = drawNetwork(layers, next);
  const channels = queryChannels(layers);
  return {
    ...adamInitialState(trainedParameters(layers)),
    ...network,
    [MEMORY]: { shape: [items, channels], dtype: "float32", data: unitRows(items, channels, next) },
  };
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
