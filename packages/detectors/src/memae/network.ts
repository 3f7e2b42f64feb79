// MemAE: an autoencoder whose decoder sees nothing but memory items.
import { ops } from "@engram/engine";
import type { Features } from "../layers/convolve.ts";
import type { RunLayer } from "../layers/run-layer.ts";
import type { Autoencoder } from "./layers.ts";
import { type Addressing, address } from "./memory.ts";

/** The memory, float32 [items, queryChannels]. */
export const MEMORY = "memory/items";

export interface Reconstruction<F extends Features> {
  /** in the shape of what is rebuilt, unbounded: there is no last activation */
  readonly output: F;
  /** float32 [queries, items] */
  readonly shares: ops.Tensor2D;
}

/** @param input in [-1, 1]: float32 [batch, 16, size, size, 1], or pictures float32 [batch, size, size, 3] */
export function rebuild<F extends Features>(
  run: RunLayer<F>,
  { encoder, decoder }: Autoencoder,
  input: F,
  items: ops.Tensor2D,
  addressing: Addressing,
): Reconstruction<F> {
  const features = encoder.reduce((x, { name }) => run(name, x), input);
  const channels = items.shape[1];
  const queries: ops.Tensor2D = ops.reshape(features, [features.size / channels, channels]);
  const shares = address(queries, items, addressing);
  const read = ops.reshape(ops.matMul(shares, items), features.shape) as F;
  return { output: decoder.reduce((x, { name }) => run(name, x), read), shares };
}
