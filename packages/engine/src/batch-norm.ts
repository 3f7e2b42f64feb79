// Batch normalization in training, as one differentiable piece. Written with loose operations its gradient is some
// twenty passes over the activations; here it is one formula.
import {
  add,
  batchNorm,
  customGrad,
  div,
  mean,
  mul,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  zerosLike,
} from "@tensorflow/tfjs";
import { stopGradient } from "./gradients.ts";

/**
 * Normalizes each channel over batch and space: y = γ·(x − mean)/√(variance + ε) + β (Ioffe & Szegedy 2015).
 *
 * @param x float32 [batch, ...space, channels], of rank 2 to 5
 * @param gamma, beta float32 [channels]
 * @param epsilon added to the variance; 1e-5 in PyTorch
 * @returns `y` in x's shape; `mean` and `variance` of the batch, float32 [channels], without gradient. The variance is
 *   the biased one (divided by n, the elements per channel); running statistics in PyTorch's way want it times n/(n − 1)
 *
 * Differentiable in x, gamma and beta. A channel that is constant over the batch gives y = β.
 */
export function batchNormTraining<T extends Tensor>(
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon = 1e-5,
): { y: T; mean: Tensor1D; variance: Tensor1D } {
  const axes = allButLast(x);
  const constant = stopGradient(x);
  const center: Tensor1D = mean(constant, axes);
  const variance: Tensor1D = mean(square(sub(constant, center)), axes);
  const normalize = customGrad((...args) => {
    const [x, gamma, beta, center, variance] = args as [Tensor, Tensor1D, Tensor1D, Tensor1D, Tensor1D];
    const save = args[5] as unknown as (tensors: Tensor[]) => void;
    save([x, gamma, center, variance]);
    return {
      value: batchNorm(x, center, variance, beta, gamma, epsilon),
      gradFunc: (dy: Tensor, saved: Tensor[]) => normalizeGradient(dy, saved, epsilon),
    };
  });
  return { y: normalize(x, gamma, beta, center, variance) as T, mean: center, variance };
}

/**
 * With x̂ = (x − mean)·r, r = 1/√(variance + ε), n elements per channel:
 * dβ = Σ dy,  dγ = Σ dy·x̂,  dx = γr·(dy − dβ/n − x̂·dγ/n), which is a·dy + b·x + c with a, b, c per channel.
 */
function normalizeGradient(dy: Tensor, saved: Tensor[], epsilon: number): Tensor[] {
  const [x, gamma, center, variance] = saved as [Tensor, Tensor1D, Tensor1D, Tensor1D];
  const axes = allButLast(x);
  const count = x.size / (center.size || 1);
  const r = rsqrt(add(variance, epsilon));
  const betaGrad = sum(dy, axes);
  const gammaGrad = mul(sub(sum(mul(dy, x), axes), mul(center, betaGrad)), r);
  const a = mul(gamma, r);
  const b = div(mul(mul(a, r), gammaGrad), -count);
  const c = sub(div(mul(a, betaGrad), -count), mul(b, center));
  const xGrad = add(mul(dy, a), add(mul(x, b), c));
  return [xGrad, gammaGrad, betaGrad, zerosLike(center), zerosLike(variance)];
}

function allButLast({ rank }: Tensor): number[] {
  return Array.from({ length: rank - 1 }, (_, axis) => axis);
}
