import { broadcast_util, reshape, sum, type Tensor } from "@tensorflow/tfjs";

/** The gradient in an operand of `shape` that was broadcast. */
export function unbroadcast(gradient: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return axes.length === 0 ? gradient : reshape(sum(gradient, axes), shape);
}
