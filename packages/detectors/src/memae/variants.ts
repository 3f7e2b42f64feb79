// What MemAE is made of over windows of frames, and over single pictures; everything else is common to both.
import { type MemaeHyperparameters, type MemaeImageHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type TensorMap } from "@engram/engine";
import type { Channels } from "../detector.ts";
import type { Features } from "../layers/convolve.ts";
import { toNetworkRange } from "../layers/run-layer.ts";
import { type Autoencoder, imageLayers, videoLayers } from "./layers.ts";

export interface MemaeVariant<F extends Features> {
  readonly architecture: "MEMAE" | "MEMAE_IMAGE";
  /** which frame of a window its score is given to */
  readonly scoredFrame: number;
  layers(width: number): Autoencoder;
  /** what is rebuilt, in [-1, 1]. @param batch of `windowSpecs` */
  toNetwork(batch: TensorMap, channels: Channels): F;
  /** the scored frame of what is rebuilt, or of what was made of it: float32 [batch, size, size, colours] */
  frameOf(volume: F): ops.Tensor4D;
}

export type MemaeSettings = MemaeHyperparameters | MemaeImageHyperparameters;

/** A whole window is rebuilt; the published evaluation gives its error to the ninth of sixteen frames. */
export const VIDEO: MemaeVariant<ops.Tensor5D> = {
  architecture: "MEMAE",
  scoredFrame: WINDOW_FRAMES.MEMAE / 2,
  layers: videoLayers,
  toNetwork: greyVolume,
  frameOf(volume) {
    const [count, , height, width] = volume.shape;
    const frame = ops.slice(volume, [0, VIDEO.scoredFrame, 0, 0, 0], [count, 1, height, width, 1]);
    return ops.reshape(frame, [count, height, width, 1]);
  },
};

export const IMAGE: MemaeVariant<ops.Tensor4D> = {
  architecture: "MEMAE_IMAGE",
  scoredFrame: 0,
  layers: imageLayers,
  toNetwork: ({ target }) => toNetworkRange(target as ops.Tensor4D),
  frameOf: (picture) => picture,
};

/** Red, green and blue in the luma of ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114];

/**
 * A window as a volume of grey frames, colours turned to their luma.
 *
 * @returns float32 [batch, windowFrames, size, size, 1], oldest first
 */
function greyVolume({ frames, target }: TensorMap, channels: Channels): ops.Tensor5D {
  const window = ops.concat([frames as ops.Tensor4D, target as ops.Tensor4D], 3);
  const grey = channels === 1 ? window : toLuma(window);
  return ops.expandDims(ops.transpose(toNetworkRange(grey), [0, 3, 1, 2]), 4);
}

/** @param window float32 [batch, size, size, frames · 3] */
function toLuma(window: ops.Tensor4D): ops.Tensor4D {
  const [count, height, width, stacked] = window.shape;
  const frames = stacked / LUMA.length;
  const colours = ops.reshape(window, [count * height * width, frames, LUMA.length]);
  return ops.reshape(ops.sum(ops.mul(colours, ops.tensor1d(LUMA)), 2), [count, height, width, frames]);
}
