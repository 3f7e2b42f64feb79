// The table of layers of MNAD's U-Net, in the forms that MNAD's two variants and MPN give it.
import { COLOURS, FIRST_LAYER, type Layer } from "../layers/layer.ts";

export interface UNet {
  /** channels of the first convolution; published: 64 */
  readonly width: number;
  /** frames at its input */
  readonly inputFrames: number;
  /** channels of what the decoder gets, in widths: 8 are the features alone, 16 the features and what was read for them */
  readonly decoderInput: 8 | 16;
  /** whether the decoder sees the encoder's outputs at full, half and quarter size; without, its upsampling is as wide as both */
  readonly hasSkips: boolean;
  readonly hasBatchNorm: boolean;
}

/**
 * The layers in the order of the forward pass.
 *
 * Source: Park, Noh, Ham, CVPR 2020, and its published code. `conv4.2` ends without normalization and activation: a
 * ReLU there would clip the features to one orthant.
 */
export function uNetLayers({ width, inputFrames, decoderInput, hasSkips, hasBatchNorm }: UNet): Layer[] {
  const layer =
    (kind: Layer["kind"]) =>
    (name: string, inputs: number, outputs: number): Layer => ({
      ...{ name, kind, inputs: inputs * width, outputs: outputs * width },
      ...{ hasBatchNorm, activation: "relu" },
    });
  const conv = layer("conv");
  const up = layer("up");
  const bare = { hasBatchNorm: false };
  const share = hasSkips ? 1 : 2;
  return [
    { ...conv(FIRST_LAYER, 1, 1), inputs: inputFrames * COLOURS },
    conv("conv1.2", 1, 1),
    conv("conv2.1", 1, 2),
    conv("conv2.2", 2, 2),
    conv("conv3.1", 2, 4),
    conv("conv3.2", 4, 4),
    conv("conv4.1", 4, 8),
    { ...conv("conv4.2", 8, 8), ...bare, activation: "none" },
    conv("deconv4.1", decoderInput, 8),
    conv("deconv4.2", 8, 8),
    up("up4", 8, 4 * share),
    conv("deconv3.1", 8, 4),
    conv("deconv3.2", 4, 4),
    up("up3", 4, 2 * share),
    conv("deconv2.1", 4, 2),
    conv("deconv2.2", 2, 2),
    up("up2", 2, share),
    conv("deconv1.1", 2, 1),
    conv("deconv1.2", 1, 1),
    { ...conv("deconv1.3", 1, 1), ...bare, outputs: COLOURS, activation: "tanh" },
  ];
}
