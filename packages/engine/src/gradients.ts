// Differentiation helpers that TensorFlow.js lacks. They work eagerly and under the tracer alike.
import {
  div,
  engine,
  keep,
  maximum,
  type Scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  valueAndGrads,
} from "@tensorflow/tfjs";

/**
 * `x`, as a constant to differentiation: no gradient flows through the result. Costs nothing.
 *
 * @param x any shape and dtype
 */
export function stopGradient<T extends Tensor>(x: T): T {
  // What the Identity kernel does, off the tape: a second tensor over the same data.
  const { backend } = engine();
  backend.incRef(x.dataId);
  const detached = engine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype });
  return detached as T;
}

/**
 * Value and gradients of a scalar loss with respect to tensors given by name.
 *
 * @param compute builds the loss, a float32 scalar that depends on each of `inputs`, and beside it whatever else of the
 *   forward pass is wanted (`aux`: batch statistics, outputs, parts of the loss)
 * @param inputs float32 tensors
 * @returns the loss, `aux` as plain tensors, and per name the gradient in that input's shape
 */
export function valueAndNamedGrads<K extends string, A extends string = never>(
  compute: (inputs: Readonly<Record<K, Tensor>>) => { loss: Tensor; aux?: Readonly<Record<A, Tensor>> },
  inputs: Readonly<Record<K, Tensor>>,
): { loss: Scalar; aux: Record<A, Tensor>; grads: Record<K, Tensor> } {
  const names = Object.keys(inputs) as K[];
  const byName = (tensors: readonly Tensor[]) =>
    Object.fromEntries(names.map((name, index) => [name, tensors[index]])) as Record<K, Tensor>;
  let kept: [string, Tensor][] = [];
  const differentiate = valueAndGrads((...tensors: Tensor[]) => {
    const { loss, aux } = compute(byName(tensors));
    // TensorFlow.js disposes what the forward pass made but did not return.
    kept = Object.entries<Tensor>(aux ?? {}).map(([name, tensor]) => [name, keep(stopGradient(tensor))]);
    return loss;
  });
  const { value, grads } = differentiate(names.map((name) => inputs[name]));
  const aux = Object.fromEntries(
    kept.map(([name, tensor]) => {
      const scoped = stopGradient(tensor);
      tensor.dispose();
      return [name, scoped];
    }),
  ) as Record<A, Tensor>;
  return { loss: value as Scalar, aux, grads: byName(grads) };
}

/**
 * x / max(‖x‖₂, epsilon) along the last axis, as torch.nn.functional.normalize.
 *
 * @param x float32 [..., n]
 * @param epsilon rows shorter than this are divided by it: a zero row stays zero
 */
export function l2Normalize<T extends Tensor>(x: T, epsilon = 1e-12): T {
  // The squared norm is clamped, not the norm: the square root's gradient at 0 is infinite.
  return div(x, sqrt(maximum(sum(square(x), -1, true), epsilon * epsilon)));
}
