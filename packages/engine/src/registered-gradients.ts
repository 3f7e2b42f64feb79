// Gradients of TensorFlow.js 4.22 that are missing or wrong, mended for the whole process.
import {
  add,
  broadcast_util,
  cast,
  engine,
  greater,
  greaterEqual,
  less,
  lessEqual,
  mul,
  neg,
  registerGradient,
  reshape,
  sub,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "@tensorflow/tfjs";
import { poolWindow, spaceOf, type Window } from "./trace/lowerings/window.ts";

/** The gradient in an operand of `shape` that was broadcast. TensorFlow.js forgets this sum in the kernels below. */
function unbroadcast(gradient: Tensor, shape: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return axes.length === 0 ? gradient : reshape(sum(gradient, axes), shape);
}

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

// A transposed convolution in three dimensions is the gradient kernel of a convolution; its own gradient is missing.
registerGradient({
  kernelName: "Conv3DBackpropInputV2",
  inputsToSave: ["dy", "filter"],
  gradFunc: (ddx, saved, { strides, pad }) => {
    const [dy, filter] = saved as [Tensor, Tensor];
    const x = ddx as Tensor;
    const attributes = { strides: strides!, pad: pad! };
    const dilations = [1, 1, 1];
    return {
      dy: () =>
        engine().runKernel("Conv3D", { x, filter }, { ...attributes, dataFormat: "NDHWC", dilations }),
      filter: () =>
        engine().runKernel("Conv3DBackpropFilterV2", { x, dy }, { ...attributes, filterShape: filter.shape }),
    };
  },
});

// The gradient kernels of average pooling divide by the whole window even where part of it is padding, which the forward
// pass leaves out: what is too small there is made up for beforehand.
for (const kernelName of ["AvgPool", "AvgPool3D"]) {
  registerGradient({
    kernelName,
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attrs) => {
      const input = saved[0]!;
      const window = poolWindow({ kernel: kernelName, attributes: attrs }, input.shape);
      const whole = paddingRatios(window, spaceOf(input.shape)).reduce<Tensor>(
        (gradient, ratio) => mul(gradient, ratio),
        dy as Tensor,
      );
      return { x: () => engine().runKernel(`${kernelName}Grad`, { dy: whole, input }, attrs) };
    },
  });
}

/** Per axis of space, for each window its length over the length of its part that is no padding. */
function paddingRatios({ kernel, strides, before, outShape }: Window, space: readonly number[]): Tensor[] {
  return space.map((length, axis) => {
    const count = outShape[axis + 1]!;
    const ratios = Array.from({ length: count }, (_, position) => {
      const start = position * strides[axis]! - before[axis]!;
      return kernel[axis]! / (Math.min(start + kernel[axis]!, length) - Math.max(start, 0));
    });
    const shape = outShape.map((_, index) => (index === axis + 1 ? count : 1));
    return tensor(ratios, shape);
  });
}
