// Comparison, logic, and selection by a condition.
import type { KernelCall, Lowering } from "../lowering.ts";
import type { Traced } from "../tracer.ts";
import { broadcastShape, elementwise, unary } from "./elementwise.ts";

const COMPARISON: Readonly<Record<string, { op: string; fold: (a: number, b: number) => boolean }>> = {
  Equal: { op: "Equal", fold: (a, b) => a === b },
  Greater: { op: "Greater", fold: (a, b) => a > b },
  GreaterEqual: { op: "GreaterOrEqual", fold: (a, b) => a >= b },
  Less: { op: "Less", fold: (a, b) => a < b },
  LessEqual: { op: "LessOrEqual", fold: (a, b) => a <= b },
  LogicalAnd: { op: "And", fold: (a, b) => a !== 0 && b !== 0 },
  LogicalOr: { op: "Or", fold: (a, b) => a !== 0 || b !== 0 },
};

function comparison(name: string): Lowering {
  const { op, fold } = COMPARISON[name]!;
  return ({ tracer, inputs }) => {
    const a = inputs.a!;
    const b = inputs.b!;
    if (a.kind === "uniform" && b.kind === "uniform") {
      const shape = broadcastShape([a.shape, b.shape]);
      return tracer.uniform(shape, "bool", fold(a.value, b.value) ? 1 : 0);
    }
    return elementwise(tracer, op, [a, b], "bool");
  };
}

function notEqual(call: KernelCall): Traced {
  const equal = comparison("Equal")(call) as Traced;
  return unary("LogicalNot")({ ...call, inputs: { x: equal } }) as Traced;
}

function select({ tracer, inputs }: KernelCall): Traced {
  const condition = inputs.condition!;
  const { t, e } = inputs;
  if (condition.kind === "uniform")
    return tracer.broadcast(condition.value ? t! : e!, broadcastShape([t!.shape, e!.shape]));
  return elementwise(tracer, "Where", [condition, t!, e!], t!.dtype);
}

export const comparisonLowerings: Readonly<Record<string, Lowering>> = {
  ...Object.fromEntries(Object.keys(COMPARISON).map((name) => [name, comparison(name)])),
  NotEqual: notEqual,
  Select: select,
};
