// Convolution and pooling.
import { engine, mul, registerGradient, type Tensor, tensor } from "@tensorflow/tfjs";
import { poolWindow, spaceOf, type Window } from "../trace/lowerings/window.ts";

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
