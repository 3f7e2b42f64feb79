// Matrix products: TensorFlow.js forgets to sum the gradient over batch axes that were broadcast.
import { matMul, registerGradient, type Tensor } from "@tensorflow/tfjs";
import { unbroadcast } from "./unbroadcast.ts";

registerGradient({
  kernelName: "BatchMatMul",
  inputsToSave: ["a", "b"],
  gradFunc: (dys, saved, { transposeA, transposeB }) => {
    const [a, b] = saved as [Tensor, Tensor];
    const dy = dys as Tensor;
    const [isA, isB] = [Boolean(transposeA), Boolean(transposeB)];
    return {
      a: () => unbroadcast(isA ? matMul(b, dy, isB, true) : matMul(dy, b, false, !isB), a.shape),
      b: () => unbroadcast(isB ? matMul(dy, a, true, isA) : matMul(a, dy, !isA, false), b.shape),
    };
  },
});
