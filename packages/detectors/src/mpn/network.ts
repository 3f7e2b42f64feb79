// MPN's network: MNAD's U-Net without batch normalization and without a memory between encoder and decoder. Prototypes are
// made of the decoder's output, at full resolution.
import { ops } from "@engram/engine";
import type { Layer } from "../layers/layer.ts";
import type { RunLayer } from "../layers/run-layer.ts";
import { uNetLayers } from "../u-net/layers.ts";
import { decode, encode, paint } from "../u-net/network.ts";
import { type Prototyping, prototype } from "./prototypes.ts";

/** What makes the prototypes, float32 [prototypes, 2·width]. */
export const HEADS = "prototypes/heads";

export function mpnLayers(width: number): readonly Layer[] {
  return uNetLayers({ width, inputFrames: 4, decoderInput: 8, hasSkips: true, hasBatchNorm: false });
}

export interface Prediction {
  /** float32 [batch, size, size, 3], in [-1, 1] */
  readonly frame: ops.Tensor4D;
  /** unit rows, float32 [batch, size², 2·width] */
  readonly features: ops.Tensor3D;
  readonly prototyping: Prototyping;
}

/** @param frames float32 [batch, size, size, 4·channels], oldest first, in [-1, 1] */
export function predict(run: RunLayer, frames: ops.Tensor4D, heads: ops.Tensor2D): Prediction {
  const encoding = encode(run, frames);
  const decoded = decode(run, encoding.features, encoding.skips);
  const [batch, height, width, channels] = decoded.shape;
  const rows: ops.Tensor3D = ops.reshape(decoded, [batch, height * width, channels]);
  const features = ops.l2Normalize(rows);
  const prototyping = prototype(features, heads);
  const frame = paint(run, ops.reshape(prototyping.output, decoded.shape));
  return { frame, features, prototyping };
}
