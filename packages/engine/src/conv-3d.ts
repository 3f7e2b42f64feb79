// Convolution over depth, height and width. TensorFlow.js types no explicit padding for it, though its kernels know it.
import { engine, type Tensor5D } from "@tensorflow/tfjs";

/** "same", "valid", or so many zeros at both ends of each axis. */
export type Padding = "same" | "valid" | number;

type Strides = number | [number, number, number];
type Shape5 = [number, number, number, number, number];

/**
 * Convolution (cross-correlation) over three axes, as torch.nn.Conv3d.
 *
 * @param x float32 [batch, depth, height, width, in]
 * @param filter float32 [depth, height, width, in, out]
 * @param pad a number pads both ends of each axis; "same" pads as TensorFlow does, more behind than in front, which at
 *   stride 2 is not what PyTorch's padding 1 does
 * @returns float32 [batch, depth', height', width', out], each length ⌊(length + 2·pad − kernel)/stride⌋ + 1
 *
 * Differentiable in x and filter.
 */
export function conv3d(x: Tensor5D, filter: Tensor5D, strides: Strides, pad: Padding): Tensor5D {
  const attributes = { strides, pad, dataFormat: "NDHWC", dilations: [1, 1, 1] };
  return engine().runKernel("Conv3D", { x, filter }, attributes) as Tensor5D;
}

/**
 * Transposed convolution over three axes: the gradient of `conv3d` in its input, as torch.nn.ConvTranspose3d.
 *
 * @param x float32 [batch, depth, height, width, in]
 * @param filter float32 [depth, height, width, out, in]
 * @param outputShape [batch, depth', height', width', out]. PyTorch's output padding o is told by the lengths:
 *   length' = (length − 1)·stride − 2·pad + kernel + o, so padding 1 and output padding 1 double a length at stride 2
 * @param pad that of the convolution which this one is the gradient of
 *
 * Differentiable in x and filter.
 */
export function conv3dTranspose(
  x: Tensor5D,
  filter: Tensor5D,
  outputShape: Shape5,
  strides: Strides,
  pad: Padding,
): Tensor5D {
  const attributes = { strides, pad, inputShape: outputShape };
  return engine().runKernel("Conv3DBackpropInputV2", { dy: x, filter }, attributes) as Tensor5D;
}
