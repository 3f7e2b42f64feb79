// Elementwise arithmetic. Elementwise kernels keep the memory order of what they get, so that no transpose is needed
// between convolutions.
import { sizeOf } from "../../host-data.ts";
import type { DType } from "../../step.ts";
import type { OnnxType } from "../graph.ts";
import { identity, isIdentity, type Order } from "../layout.ts";
import { attributeOf, inputOf, type KernelCall, type Lowering } from "../lowering.ts";
import { isUniform, type Stored, type Traced, type Tracer } from "../tracer.ts";

/** Broadcasts TensorFlow.js's way, which is NumPy's. */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return identity(rank).map((axis) =>
    shapes.reduce((length, shape) => {
      const own = shape[axis - rank + shape.length] ?? 1;
      return own === 1 ? length : own;
    }, 1),
  );
}

/** One node over operands broadcast against each other, in the order of the largest. */
export function elementwise(
  tracer: Tracer,
  op: string,
  operands: readonly Traced[],
  dtype: DType = operands[0]!.dtype,
  type: OnnxType = dtype,
): Stored {
  const shape = broadcastShape(operands.map((operand) => operand.shape));
  const aligned = operands.map((operand) => tracer.broadcast(operand, shape));
  const order = dominantOrder(aligned, shape.length);
  const edges = aligned.map((operand) => tracer.edgeIn(operand, order));
  return tracer.stored(
    tracer.graph.node(op, edges, { type, shape: broadcastShape(edges.map((edge) => edge.shape)) }),
    shape,
    order,
    dtype,
  );
}

function dominantOrder(operands: readonly Traced[], rank: number): Order {
  let best: Stored | undefined;
  for (const operand of operands) {
    if (operand.kind === "uniform") continue;
    const gain = sizeOf(operand.edge.shape) - (best ? sizeOf(best.edge.shape) : -1);
    if (gain > 0 || (gain === 0 && best && isIdentity(best.order))) best = operand;
  }
  return best?.order ?? identity(rank);
}

const UNARY: Readonly<Record<string, { op: string; fold: (x: number) => number }>> = {
  Abs: { op: "Abs", fold: Math.abs },
  Ceil: { op: "Ceil", fold: Math.ceil },
  Elu: { op: "Elu", fold: (x) => (x > 0 ? x : Math.expm1(x)) },
  Exp: { op: "Exp", fold: Math.exp },
  Floor: { op: "Floor", fold: Math.floor },
  Log: { op: "Log", fold: Math.log },
  Neg: { op: "Neg", fold: (x) => -x },
  Reciprocal: { op: "Reciprocal", fold: (x) => 1 / x },
  Relu: { op: "Relu", fold: (x) => Math.max(x, 0) },
  Sigmoid: { op: "Sigmoid", fold: (x) => 1 / (1 + Math.exp(-x)) },
  Sign: { op: "Sign", fold: Math.sign },
  Softplus: { op: "Softplus", fold: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  Sqrt: { op: "Sqrt", fold: Math.sqrt },
  Tanh: { op: "Tanh", fold: Math.tanh },
  LogicalNot: { op: "Not", fold: (x) => (x ? 0 : 1) },
};

export function unary(name: string): Lowering {
  const { op, fold } = UNARY[name]!;
  return (call) => {
    const x = inputOf(call, "x");
    if (x.kind === "uniform") return call.tracer.uniform(x.shape, x.dtype, fold(x.value));
    return call.tracer.unary(op, x);
  };
}

interface Binary {
  readonly op: string;
  readonly fold: (a: number, b: number) => number;
  /** what the operation comes to where one operand is uniform, if it is simpler */
  readonly simplify?: (tracer: Tracer, a: Traced, b: Traced) => Traced | undefined;
}

const ARITHMETIC: Readonly<Record<string, Binary>> = {
  Add: {
    op: "Add",
    fold: (a, b) => a + b,
    simplify: (_, a, b) => (isUniform(b, 0) ? a : isUniform(a, 0) ? b : undefined),
  },
  Sub: {
    op: "Sub",
    fold: (a, b) => a - b,
    simplify: (tracer, a, b) =>
      isUniform(b, 0) ? a : isUniform(a, 0) && b.kind === "stored" ? tracer.unary("Neg", b) : undefined,
  },
  Multiply: { op: "Mul", fold: (a, b) => a * b, simplify: simplifyProduct },
  RealDiv: {
    op: "Div",
    fold: (a, b) => a / b,
    simplify: (_, a, b) => (isUniform(b, 1) || isUniform(a, 0) ? a : undefined),
  },
  Maximum: { op: "Max", fold: Math.max },
  Minimum: { op: "Min", fold: Math.min },
  Pow: { op: "Pow", fold: Math.pow, simplify: (_, a, b) => (isUniform(b, 1) ? a : undefined) },
};

/** 0·x is 0 here even where x is not finite: gradients that are known to vanish are not computed. */
function simplifyProduct(tracer: Tracer, a: Traced, b: Traced): Traced | undefined {
  if (isUniform(a, 0) || isUniform(b, 1)) return a;
  if (isUniform(b, 0) || isUniform(a, 1)) return b;
  for (const [mask, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const condition = mask.kind === "stored" && maskCondition(tracer, mask);
    if (condition)
      return elementwise(
        tracer,
        "Where",
        [condition, other, tracer.uniform([], other.dtype, 0)],
        other.dtype,
      );
  }
  return undefined;
}

/** Where `mask` is a condition cast to 0 and 1: the condition, so that a product with it is a selection. */
function maskCondition(tracer: Tracer, mask: Stored): Stored | undefined {
  const producer = tracer.graph.producer(mask.edge);
  const source = producer?.op === "Cast" ? producer.inputs[0]! : undefined;
  return source?.type === "bool" ? { ...mask, edge: source, dtype: "bool" } : undefined;
}

function arithmetic(name: string): Lowering {
  const { op, fold, simplify } = ARITHMETIC[name]!;
  return ({ tracer, inputs }) => binary(tracer, op, inputs.a!, inputs.b!, fold, simplify);
}

function binary(
  tracer: Tracer,
  op: string,
  a: Traced,
  b: Traced,
  fold: Binary["fold"],
  simplify?: Binary["simplify"],
): Traced {
  const shape = broadcastShape([a.shape, b.shape]);
  if (a.kind === "uniform" && b.kind === "uniform")
    return tracer.uniform(shape, a.dtype, fold(a.value, b.value));
  const simple = simplify?.(tracer, a, b);
  return simple ? tracer.broadcast(simple, shape) : elementwise(tracer, op, [a, b]);
}

function square(call: KernelCall): Traced {
  const x = inputOf(call, "x");
  return binary(call.tracer, "Mul", x, x, (a, b) => a * b);
}

function squaredDifference(call: KernelCall): Traced {
  return square({ ...call, inputs: { x: arithmetic("Sub")(call) as Traced } });
}

function rsqrt(call: KernelCall): Traced {
  return unary("Reciprocal")({ ...call, inputs: { x: unary("Sqrt")(call) as Traced } }) as Traced;
}

function log1p({ tracer, inputs }: KernelCall): Traced {
  const x = inputs.x!;
  if (x.kind === "uniform") return tracer.uniform(x.shape, x.dtype, Math.log1p(x.value));
  return tracer.unary("Log", elementwise(tracer, "Add", [x, tracer.uniform([], x.dtype, 1)]));
}

function cast(call: KernelCall): Traced {
  const x = inputOf(call, "x");
  const dtype = attributeOf<DType>(call, "dtype");
  if (x.dtype === dtype) return x;
  if (x.kind === "uniform") return call.tracer.uniform(x.shape, dtype, x.value);
  return call.tracer.stored(call.tracer.castEdge(x.edge, dtype), x.shape, x.order, dtype);
}

function addN(call: KernelCall): Traced {
  return Object.values(call.inputs).reduce(
    (a, b) => arithmetic("Add")({ ...call, inputs: { a, b } }) as Traced,
  );
}

export const elementwiseLowerings: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.keys(UNARY).map((name) => [name, unary(name)])),
  ...Object.fromEntries(Object.keys(ARITHMETIC).map((name) => [name, arithmetic(name)])),
  AddN: addN,
  Cast: cast,
  Identity: (call) => inputOf(call, "x"),
  Log1p: log1p,
  Rsqrt: rsqrt,
  Square: square,
  SquaredDifference: squaredDifference,
};
