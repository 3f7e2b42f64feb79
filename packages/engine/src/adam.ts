// Adam over named state, as a pure piece of a step: what a training step calls after it has its gradients.
import { add, div, mul, pow, scalar, sqrt, square, sub, type Tensor } from "@tensorflow/tfjs";
import { sizeOf } from "./host-data.ts";
import type { TensorDataMap, TensorMap, TensorSpec } from "./step.ts";

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** PyTorch's defaults. */
export const ADAM_DEFAULTS: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const FIRST_MOMENT = "adam.m/";
const SECOND_MOMENT = "adam.v/";

/** State specs of the two moments of each parameter: `adam.m/<name>` and `adam.v/<name>`. */
export function adamStateSpecs(parameters: Readonly<Record<string, TensorSpec>>): Record<string, TensorSpec> {
  return Object.fromEntries(
    [FIRST_MOMENT, SECOND_MOMENT].flatMap((prefix) =>
      Object.entries(parameters).map(([name, { shape, dtype }]) => [prefix + name, { shape, dtype }]),
    ),
  );
}

/** The moments' initial values: zeros. */
export function adamInitialState(parameters: Readonly<Record<string, TensorSpec>>): TensorDataMap {
  return Object.fromEntries(
    Object.entries(adamStateSpecs(parameters)).map(([name, { shape }]) => {
      return [name, { shape, dtype: "float32", data: new Float32Array(sizeOf(shape)) }];
    }),
  );
}

/**
 * One step of Adam (Kingma & Ba 2015, as torch.optim.Adam without weight decay):
 * m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  p ← p − lr·m̂/(√v̂ + ε), with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
 *
 * @param state holds each parameter and its moments, float32
 * @param grads per parameter, in its shape; the names decide what is updated
 * @param learningRate float32 scalar
 * @param stepNumber float32 scalar, t ≥ 1: 1 in the first step
 * @returns the new parameters and moments, by their names in `state`
 */
export function adamStep(
  state: TensorMap,
  grads: TensorMap,
  learningRate: Tensor,
  stepNumber: Tensor,
  options: AdamOptions = ADAM_DEFAULTS,
): TensorMap {
  const { beta1, beta2, epsilon } = options;
  const correction1 = sub(1, pow(scalar(beta1), stepNumber));
  const correction2 = sub(1, pow(scalar(beta2), stepNumber));
  // p − lr/c₁ · m / (√v/√c₂ + ε): the corrections are folded into scalars, so that moments are read once.
  const stepSize = div(learningRate, correction1);
  const rootCorrection2 = sqrt(correction2);
  return Object.fromEntries(
    Object.entries(grads).flatMap(([name, gradient]) => {
      const m = add(mul(state[FIRST_MOMENT + name]!, beta1), mul(gradient, 1 - beta1));
      const v = add(mul(state[SECOND_MOMENT + name]!, beta2), mul(square(gradient), 1 - beta2));
      const denominator = add(div(sqrt(v), rootCorrection2), epsilon);
      const parameter = sub(state[name]!, div(mul(m, stepSize), denominator));
      return [
        [name, parameter],
        [FIRST_MOMENT + name, m],
        [SECOND_MOMENT + name, v],
      ];
    }),
  );
}
