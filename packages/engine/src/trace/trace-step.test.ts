// What a traced graph holds, and what it does not.
import { describe, expect, it } from "vitest";
import * as ops from "../ops.ts";
import type { Step, TensorMap, TensorSpec } from "../step.ts";
import { networkTrainingStep } from "../testing/mnad-shaped.ts";
import type { Graph } from "./graph.ts";
import { traceStep } from "./trace-step.ts";

const float = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });

/** A step over filters in state and images in the batch. */
function traced(run: (inputs: TensorMap) => TensorMap): Graph {
  const step: Step = {
    name: "traced",
    state: { filter: float(3, 3, 4, 4) },
    constants: {},
    batch: { x: float(2, 8, 6, 4), row: float(4) },
    scalars: [],
    run: ({ state, batch }) => ({ state, outputs: run({ ...state, ...batch }) }),
  };
  return traceStep(step).graph;
}

function count(graph: Graph, op: string): number {
  return graph.nodes.filter((node) => node.op === op).length;
}

function storedBytes(graph: Graph): number {
  return graph.initializers.reduce((sum, { data }) => sum + data.byteLength, 0);
}

const convolve = (x: ops.Tensor, filter: ops.Tensor) =>
  ops.conv2d(x as ops.Tensor4D, filter as ops.Tensor4D, 1, "same");

describe("a traced graph", () => {
  it("stores no tensor of ones, zeros or parameters: a training step weighs under 100 kB whatever its size", () => {
    const bytes = [32, 128].map((size) =>
      storedBytes(traceStep(networkTrainingStep({ size, width: 16, batch: 4, items: 10 })).graph),
    );
    expect(Math.max(...bytes)).toBeLessThan(100_000);
    expect(bytes[1]! - bytes[0]!).toBeLessThan(500);
  });

  it("has no node for products with 0 and 1, nor for sums with 0", () => {
    const graph = traced(({ x }) => ({
      y: ops.add(ops.mul(x!, ops.ones([2, 8, 6, 4])), ops.mul(ops.neg(x!), 0)),
      z: ops.mean(ops.fill([3, 3], 4)),
    }));
    expect(graph.nodes.map(({ op }) => op)).toEqual(["Identity", "Identity"]);
    expect(storedBytes(graph)).toBe(4);
  });

  it("computes once what is written twice", () => {
    const loss = ({ x, filter }: TensorMap) => ops.mean(ops.square(convolve(ops.relu(x!), filter!)));
    const graph = traced((inputs) => ({ once: loss(inputs), twice: ops.mul(loss(inputs), 2) }));
    expect(["Conv", "Relu", "ReduceMean"].map((op) => count(graph, op))).toEqual([1, 1, 1]);
  });

  it("leaves out what no output needs, inputs included", () => {
    const graph = traced(({ x, row }) => {
      ops.exp(x!);
      return { y: ops.neg(row!) };
    });
    expect(graph.nodes.map(({ op }) => op)).toEqual(["Neg"]);
    expect(graph.inputs.map(({ name }) => name)).toEqual(["batch/row"]);
  });

  it("transposes images on their way in and out, and neither between convolutions nor filters at all", () => {
    const graph = traced(({ x, row, filter }) => {
      const first = ops.relu(ops.add(convolve(x!, filter!), row!));
      return {
        y: convolve(ops.concat([first, ops.neg(first)], 3).slice([0, 0, 0, 2], [2, 8, 6, 4]), filter!),
      };
    });
    expect(count(graph, "Conv")).toBe(2);
    expect(count(graph, "Transpose")).toBe(2);
  });

  it("broadcasts only in the nodes that take the operands", () => {
    const graph = traced(({ x, row }) => ({
      y: ops.sum(ops.mul(ops.broadcastTo(row!, [2, 8, 6, 4]), x!), [1, 2]),
      z: ops.sum(ops.broadcastTo(row!, [2, 8, 6, 4])),
    }));
    expect([count(graph, "Expand"), count(graph, "Tile")]).toEqual([0, 0]);
  });

  it("hands an output over under each of its names, and an input that passes through", () => {
    const graph = traced(({ x, row }) => {
      const y = ops.neg(x!);
      return { y, again: y, same: row! };
    });
    expect(graph.outputs.map(({ name }) => name)).toEqual(["output/y", "output/again", "output/same"]);
    expect([count(graph, "Neg"), count(graph, "Identity")]).toEqual([1, 2]);
  });
});
