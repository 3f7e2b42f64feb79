// MNAD's U-Net, written once: architectures differ in what stands between encoder and decoder, or decoder and head, and
// training and scoring in how they run a layer.
import { ops } from "@engram/engine";
import type { RunLayer } from "../layers/run-layer.ts";

type Tensor4D = ops.Tensor4D;

export interface Encoding {
  /** float32 [batch, size/8, size/8, 8·width], unbounded */
  readonly features: Tensor4D;
  /** outputs of conv1, conv2, conv3, at full, half and quarter size */
  readonly skips: readonly [Tensor4D, Tensor4D, Tensor4D];
}

const halve = (x: Tensor4D): Tensor4D => ops.maxPool(x, 2, 2, "valid");
const join = (skip: Tensor4D | undefined, x: Tensor4D): Tensor4D =>
  skip === undefined ? x : ops.concat([skip, x], 3);

/**
 * Encoder.
 *
 * @param frames float32 [batch, size, size, inputFrames·channels], oldest first, in [-1, 1]
 */
export function encode(run: RunLayer, frames: Tensor4D): Encoding {
  const skip1 = run("conv1.2", run("conv1.1", frames));
  const skip2 = run("conv2.2", run("conv2.1", halve(skip1)));
  const skip3 = run("conv3.2", run("conv3.1", halve(skip2)));
  const features = run("conv4.2", run("conv4.1", halve(skip3)));
  return { features, skips: [skip1, skip2, skip3] };
}

/**
 * Decoder up to its last upsampling. Each concatenation is skip first, upsampled second.
 *
 * @param features float32 [batch, size/8, size/8, decoderInput·width]
 * @param skips of the encoding; none for a network without
 * @returns float32 [batch, size, size, 2·width]
 */
export function decode(run: RunLayer, features: Tensor4D, skips: Encoding["skips"] | readonly []): Tensor4D {
  const [skip1, skip2, skip3] = skips;
  const quarter = join(skip3, run("up4", run("deconv4.2", run("deconv4.1", features))));
  const half = join(skip2, run("up3", run("deconv3.2", run("deconv3.1", quarter))));
  return join(skip1, run("up2", run("deconv2.2", run("deconv2.1", half))));
}

/**
 * Head.
 *
 * @param decoded float32 [batch, size, size, 2·width]
 * @returns a frame, float32 [batch, size, size, 3], in [-1, 1]
 */
export function paint(run: RunLayer, decoded: Tensor4D): Tensor4D {
  return run("deconv1.3", run("deconv1.2", run("deconv1.1", decoded)));
}
