// Batch normalization with given statistics, which ONNX Runtime folds into the convolution before it.
import type { Edge } from "../graph.ts";
import { imageOrder, physical } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import type { Traced } from "../tracer.ts";

/** Normalization with given statistics, along the last axis. */
function fusedBatchNorm(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const channels = x.shape.length - 1;
  const channelCount = x.shape[channels]!;
  const order = imageOrder(x.shape.length);
  const edge = tracer.fullEdgeIn(x, order);
  const perChannel = (name: string, absent: number): Edge =>
    tracer.rowMajor(call.inputs[name] ?? tracer.uniform([channelCount], "float32", absent));
  const inputs = [
    perChannel("scale", 1),
    perChannel("offset", 0),
    perChannel("mean", 0),
    perChannel("variance", 1),
  ];
  const epsilon = attributeOf<number>(call, "varianceEpsilon");
  const output = { type: edge.type, shape: physical(x.shape, order) };
  return tracer.stored(
    tracer.graph.node("BatchNormalization", [edge, ...inputs], output, { epsilon }),
    x.shape,
    order,
  );
}

export const normalizationLowerings: Readonly<Record<string, Lowering>> = {
  FusedBatchNorm: fusedBatchNorm,
};
