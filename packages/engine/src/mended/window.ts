// Convolution and pooling.
import { engine, mul, registerGradient, reshape, type Tensor, tensor } from "@tensorflow/tfjs";
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

// The gradient kernel of 3-D max pooling goes astray where a window's height is not its width, and gives the gradient to
// the last of equal values, not the first. A window is pooled here over its planes, then over its depth.
registerGradient({
  kernelName: "MaxPool3D",
  inputsToSave: ["x"],
  gradFunc: (dy, saved, attrs) => {
    const x = saved[0]!;
    const window = poolWindow({ kernel: "MaxPool3D", attributes: attrs }, x.shape);
    const [batch, depth, , , channels] = x.shape as Shape5;
    const [, outDepth, height, width] = window.outShape as Shape5;
    const planes = poolOver(reshape(x, [batch * depth, ...x.shape.slice(2)]), window, [1, 2]);
    const columns = poolOver(reshape(planes.y, [batch, depth, height * width, channels]), window, [0]);
    return {
      x: () => {
        const gradient = columns.gradient(reshape(dy as Tensor, [batch, outDepth, height * width, channels]));
        return reshape(planes.gradient(reshape(gradient, planes.y.shape)), x.shape);
      },
    };
  },
});

type Shape5 = [number, number, number, number, number];

/** Max pooling of images over one or two axes of a 3-D window. */
function poolOver(input: Tensor, window: Window, axes: readonly number[]) {
  const of = (lengths: readonly number[], absent: number) =>
    [0, 1].map((index) => (index in axes ? lengths[axes[index]!]! : absent));
  const [before, after] = [of(window.before, 0), of(window.after, 0)];
  const pad = [[0, 0], ...before.map((length, index) => [length, after[index]!]), [0, 0]];
  const attributes = { filterSize: of(window.kernel, 1), strides: of(window.strides, 1), pad };
  const y = engine().runKernel("MaxPool", { x: input }, attributes) as Tensor;
  const gradient = (dy: Tensor) =>
    engine().runKernel("MaxPoolGrad", { dy, input, output: y }, attributes) as Tensor;
  return { y, gradient };
}
