// Resizing: TensorFlow.js's gradient kernels know no half-pixel centers. Resizing is linear, so its gradient is a product
// with the transposed weights, once per axis.
import { matMul, registerGradient, type Tensor, tensor2d, transpose } from "@tensorflow/tfjs";
import { bilinearWeights, nearestWeights, type ResizeRule } from "../resize-weights.ts";

const WEIGHTS = { ResizeBilinear: bilinearWeights, ResizeNearestNeighbor: nearestWeights };

for (const [kernelName, weights] of Object.entries(WEIGHTS)) {
  registerGradient({
    kernelName,
    inputsToSave: ["images"],
    gradFunc: (dy, saved, attrs) => {
      const rule: ResizeRule = {
        alignCorners: Boolean(attrs.alignCorners),
        halfPixelCenters: Boolean(attrs.halfPixelCenters),
      };
      const images = saved[0]!;
      const along = (axis: 1 | 2) => {
        const [from, to] = [images.shape[axis]!, (dy as Tensor).shape[axis]!];
        return tensor2d(weights(from, to, rule), [to, from]);
      };
      return {
        images: () => {
          const planes = transpose(dy as Tensor, [0, 3, 1, 2]);
          const rows = matMul(planes, along(2));
          return transpose(matMul(along(1), rows, true, false), [0, 2, 3, 1]);
        },
      };
    },
  });
}
