// The convolution of a layer, over pictures or over time as well.
import { ops } from "@engram/engine";
import type { Layer } from "./layer.ts";

/** float32 [batch, height, width, channels] or [batch, time, height, width, channels]. */
export type Features = ops.Tensor4D | ops.Tensor5D;

type Strides3 = [number, number, number];

/** @param filter of `filterShape` */
export function convolve<F extends Features>(layer: Layer, input: F, filter: ops.Tensor): F {
  const { timeStride } = layer;
  const output =
    timeStride === undefined
      ? overSpace(layer, input as ops.Tensor4D, filter as ops.Tensor4D)
      : overTime(layer, input as ops.Tensor5D, filter as ops.Tensor5D, timeStride);
  return output as F;
}

// Padding 1 on every side where the stride is 2, not "same", which TensorFlow.js would put at the bottom and right alone.

function overSpace({ kind, outputs }: Layer, input: ops.Tensor4D, filter: ops.Tensor4D): ops.Tensor4D {
  switch (kind) {
    case "conv":
      return ops.conv2d(input, filter, 1, "same");
    case "down":
      return ops.conv2d(input, filter, 2, 1);
    case "up": {
      const [batch, height, width] = input.shape;
      return ops.conv2dTranspose(input, filter, [batch, 2 * height, 2 * width, outputs], 2, 1);
    }
    default:
      throw kind satisfies never;
  }
}

function overTime(
  { kind, outputs }: Layer,
  input: ops.Tensor5D,
  filter: ops.Tensor5D,
  timeStride: 1 | 2,
): ops.Tensor5D {
  const space = kind === "conv" ? 1 : 2;
  const strides: Strides3 = [timeStride, space, space];
  if (kind !== "up") return ops.conv3d(input, filter, strides, 1);
  const [batch, time, height, width] = input.shape;
  const outputShape = [batch, timeStride * time, 2 * height, 2 * width, outputs] as const;
  return ops.conv3dTranspose(input, filter, [...outputShape], strides, 1);
}
