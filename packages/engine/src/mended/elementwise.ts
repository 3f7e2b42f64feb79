// Elementwise kernels: TensorFlow.js forgets to sum the gradient over broadcast axes, and has none for conditions.
import {
  add,
  cast,
  greater,
  greaterEqual,
  less,
  lessEqual,
  mul,
  neg,
  registerGradient,
  sub,
  type Tensor,
  zeros,
} from "@tensorflow/tfjs";
import { unbroadcast } from "./unbroadcast.ts";

function registerBinary(
  kernelName: string,
  slopes: (a: Tensor, b: Tensor) => { a: () => Tensor; b: () => Tensor },
) {
  registerGradient({
    kernelName,
    inputsToSave: ["a", "b"],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      const slope = slopes(a, b);
      const gradient = dy as Tensor;
      return {
        a: () => unbroadcast(mul(gradient, slope.a()), a.shape),
        b: () => unbroadcast(mul(gradient, slope.b()), b.shape),
      };
    },
  });
}

registerBinary("Maximum", (a, b) => ({
  a: () => cast(greaterEqual(a, b), "float32"),
  b: () => cast(less(a, b), "float32"),
}));
registerBinary("Minimum", (a, b) => ({
  a: () => cast(lessEqual(a, b), "float32"),
  b: () => cast(greater(a, b), "float32"),
}));
registerBinary("SquaredDifference", (a, b) => {
  const difference = sub(a, b);
  const doubled = () => add(difference, difference);
  return { a: doubled, b: () => neg(doubled()) };
});

// A condition has no slope; without these lines a `where` whose condition depends on a variable has no gradient at all.
const CONDITIONS = [
  "Equal",
  "NotEqual",
  "Greater",
  "GreaterEqual",
  "Less",
  "LessEqual",
  "LogicalAnd",
  "LogicalOr",
];
for (const kernelName of CONDITIONS) {
  registerGradient({
    kernelName,
    inputsToSave: ["a", "b"],
    gradFunc: (_, saved) => ({ a: () => zeros(saved[0]!.shape), b: () => zeros(saved[1]!.shape) }),
  });
}
registerGradient({
  kernelName: "LogicalNot",
  inputsToSave: ["x"],
  gradFunc: (_, saved) => ({ x: () => zeros(saved[0]!.shape) }),
});
