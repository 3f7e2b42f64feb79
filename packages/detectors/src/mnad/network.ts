// The U-Net of MNAD prediction, written once: training and scoring differ only in how they run a layer.
import { ops } from "@engram/engine";

type Tensor4D = ops.Tensor4D;

/** Runs one layer of the table on float32 [batch, height, width, inputs]. */
export type RunLayer = (name: string, input: Tensor4D) => Tensor4D;

export interface Encoding {
  /** float32 [batch, size/8, size/8, 8·width], unbounded */
  readonly features: Tensor4D;
  /** outputs of conv1, conv2, conv3, at full, half and quarter size */
  readonly skips: readonly [Tensor4D, Tensor4D, Tensor4D];
}

const halve = (x: Tensor4D): Tensor4D => ops.maxPool(x, 2, 2, "valid");
const join = (skip: Tensor4D, x: Tensor4D): Tensor4D => ops.concat([skip, x], 3);

/**
 * Encoder.
 *
 * @param frames float32 [batch, size, size, 4·channels], the four frames before the predicted one, oldest first,
 *   in [-1, 1]
 */
export function encode(run: RunLayer, frames: Tensor4D): Encoding {
  const skip1 = run("conv1.2", run("conv1.1", frames));
  const skip2 = run("conv2.2", run("conv2.1", halve(skip1)));
  const skip3 = run("conv3.2", run("conv3.1", halve(skip2)));
  const features = run("conv4.2", run("conv4.1", halve(skip3)));
  return { features, skips: [skip1, skip2, skip3] };
}

/**
 * Decoder. Each concatenation is skip first, upsampled second.
 *
 * @param memory float32 [batch, size/8, size/8, 16·width], queries and what was read with them
 * @returns the predicted frame, float32 [batch, size, size, 3], in [-1, 1]
 */
export function decode(run: RunLayer, memory: Tensor4D, skips: Encoding["skips"]): Tensor4D {
  const [skip1, skip2, skip3] = skips;
  const quarter = join(skip3, run("up4", run("deconv4.2", run("deconv4.1", memory))));
  const half = join(skip2, run("up3", run("deconv3.2", run("deconv3.1", quarter))));
  const full = join(skip1, run("up2", run("deconv2.2", run("deconv2.1", half))));
  return run("deconv1.3", run("deconv1.2", run("deconv1.1", full)));
}

/** uint8 values to the network's range: x/127.5 − 1, in [-1, 1]. */
export function toNetworkRange(pixels: Tensor4D): Tensor4D {
  return ops.sub(ops.div(pixels, 127.5), 1);
}
