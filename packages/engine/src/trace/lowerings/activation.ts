// Activations and what clips, beyond those that are one ONNX node without attributes.
import { attributeOf, inputOf, type KernelCall, type Lowering, unsupported } from "../lowering.ts";
import type { Stored, Traced, Tracer } from "../tracer.ts";
import { broadcastShape, elementwise } from "./elementwise.ts";

function eluGradient({ tracer, inputs }: KernelCall): Traced {
  const dy = inputs.dy!;
  const y = inputs.y!;
  const zero = tracer.uniform([], "float32", 0);
  const negative = elementwise(tracer, "Add", [y, tracer.uniform([], "float32", 1)]);
  const slope = elementwise(
    tracer,
    "Where",
    [elementwise(tracer, "Greater", [y, zero], "bool"), tracer.uniform([], "float32", 1), negative],
    "float32",
  );
  return elementwise(tracer, "Mul", [dy, slope]);
}

function leakyRelu(call: KernelCall): Traced {
  const x = inputOf(call, "x");
  const alpha = attributeOf<number>(call, "alpha");
  if (x.kind === "uniform") return call.tracer.uniform(x.shape, x.dtype, x.value * (x.value > 0 ? 1 : alpha));
  return call.tracer.unary("LeakyRelu", x, { alpha });
}

/** x where it is positive, else alpha·x with an alpha that is learned and broadcast to x. */
function prelu(call: KernelCall): Traced {
  const { tracer } = call;
  const [x, alpha] = [inputOf(call, "x"), inputOf(call, "alpha")];
  if (broadcastShape([x.shape, alpha.shape]).join() !== x.shape.join())
    throw unsupported(call.kernel, `its alpha [${alpha.shape}] does not fit into [${x.shape}]`);
  if (x.kind === "stored") return elementwise(tracer, "PRelu", [x, alpha]);
  return x.value < 0 ? elementwise(tracer, "Mul", [x, alpha]) : x;
}

/** ReLU(x) where it has been computed: positive where x is, and needed later anyway, so that x need not be kept. */
function rectified(tracer: Tracer, x: Stored): Stored {
  const edge = tracer.graph.made("Relu", x.edge);
  return edge ? { ...x, edge } : x;
}

/** 1 where x > 0, else alpha·x, which is 0 for the default alpha. */
function step(call: KernelCall): Traced {
  const { tracer } = call;
  const x = inputOf(call, "x");
  const alpha = attributeOf<number | undefined>(call, "alpha") ?? 0;
  if (x.kind === "uniform") return tracer.uniform(x.shape, x.dtype, x.value > 0 ? 1 : alpha);
  const isPositive = elementwise(
    tracer,
    "Greater",
    [rectified(tracer, x), tracer.uniform([], x.dtype, 0)],
    "bool",
  );
  if (alpha === 0) return { ...isPositive, edge: tracer.castEdge(isPositive.edge, x.dtype), dtype: x.dtype };
  return elementwise(
    tracer,
    "Where",
    [isPositive, tracer.uniform([], x.dtype, 1), tracer.uniform([], x.dtype, alpha)],
    x.dtype,
  );
}

function clip(call: KernelCall): Traced {
  const x = inputOf(call, "x");
  const low = attributeOf<number>(call, "clipValueMin");
  const high = attributeOf<number>(call, "clipValueMax");
  if (x.kind === "uniform")
    return call.tracer.uniform(x.shape, x.dtype, Math.min(Math.max(x.value, low), high));
  const bounds = [low, high].map((bound) => call.tracer.graph.scalar(bound, x.edge.type));
  return call.tracer.unary("Clip", x, {}, bounds);
}

export const activationLowerings: Readonly<Record<string, Lowering>> = {
  ClipByValue: clip,
  EluGrad: eluGradient,
  LeakyRelu: leakyRelu,
  Prelu: prelu,
  Step: step,
};
