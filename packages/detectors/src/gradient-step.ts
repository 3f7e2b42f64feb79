// How a training step of every architecture ends: gradients, Adam, running statistics.
import { adamStep, ops, type Step, type TensorMap } from "@engram/engine";
import { nextStatistics } from "./layers/state.ts";

type Inputs = Parameters<Step["run"]>[0];
type Result = ReturnType<Step["run"]>;

export interface ForwardPass {
  /** float32, rank 0 */
  readonly loss: ops.Tensor;
  /**
   * Under the name of a running statistic what this batch goes into it with (see `trainingLayers`); all else is an
   * output of the step.
   */
  readonly aux: TensorMap;
}

/**
 * One step of Adam down the gradient of a loss, and the running statistics after it.
 *
 * @param inputs of the step, with the scalars `learningRate` and `stepNumber`, 1 for the first of the training
 * @param trained names in the state of what has a gradient
 * @param forward the loss as a function of those
 * @returns the state after, and as outputs the loss and what `forward` hands back beside it
 */
export function gradientStep(
  { state, scalars }: Pick<Inputs, "state" | "scalars">,
  trained: readonly string[],
  forward: (parameters: TensorMap) => ForwardPass,
): Result {
  const parameters = Object.fromEntries(trained.map((name) => [name, state[name]!]));
  const { loss, aux, grads } = ops.valueAndNamedGrads<string, string>(forward, parameters);
  const statistics: Record<string, ops.Tensor> = {};
  const outputs: Record<string, ops.Tensor> = { loss };
  for (const [name, tensor] of Object.entries(aux)) (name in state ? statistics : outputs)[name] = tensor;
  const next: Record<string, ops.Tensor> = {
    ...state,
    ...adamStep(state, grads, scalars.learningRate!, scalars.stepNumber!),
    ...nextStatistics(state, statistics),
  };
  return { state: next, outputs };
}
