// A training step with the shape of the detector that this engine was built for: an encoder and a decoder with skips,
// batch norm, a memory read by attention, three losses, Adam. For whole-run tests and for timing.
import { adamInitialState, adamStateSpecs, adamStep } from "../adam.ts";
import { mapValues } from "../host-data.ts";
import * as ops from "../ops.ts";
import type { Step, TensorData, TensorDataMap, TensorMap, TensorSpec } from "../step.ts";
import { noise } from "./both-devices.ts";

type T4 = ops.Tensor4D;
type T1 = ops.Tensor1D;

export interface NetworkSize {
  readonly size: number;
  readonly width: number;
  readonly batch: number;
  readonly items: number;
}

interface Layer {
  readonly name: string;
  readonly kind: "conv" | "up";
  readonly from: number;
  readonly to: number;
  readonly hasNorm: boolean;
}

function layers(width: number): Layer[] {
  const w = width;
  const conv = (name: string, from: number, to: number, hasNorm = true): Layer => ({
    name,
    kind: "conv",
    from,
    to,
    hasNorm,
  });
  const up = (name: string, from: number, to: number): Layer => ({
    name,
    kind: "up",
    from,
    to,
    hasNorm: true,
  });
  return [
    ...[conv("e1a", 12, w), conv("e1b", w, w), conv("e2a", w, 2 * w), conv("e2b", 2 * w, 2 * w)],
    ...[
      conv("e3a", 2 * w, 4 * w),
      conv("e3b", 4 * w, 4 * w),
      conv("e4a", 4 * w, 8 * w),
      conv("e4b", 8 * w, 8 * w, false),
    ],
    ...[conv("d4a", 16 * w, 8 * w), conv("d4b", 8 * w, 8 * w), up("u4", 8 * w, 4 * w)],
    ...[conv("d3a", 8 * w, 4 * w), conv("d3b", 4 * w, 4 * w), up("u3", 4 * w, 2 * w)],
    ...[conv("d2a", 4 * w, 2 * w), conv("d2b", 2 * w, 2 * w), up("u2", 2 * w, w)],
    ...[conv("g1", 2 * w, w), conv("g2", w, w), conv("g3", w, 3, false)],
  ];
}

function parameterSpecs(width: number): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {};
  for (const { name, kind, from, to, hasNorm } of layers(width)) {
    specs[`${name}.filter`] = {
      shape: kind === "conv" ? [3, 3, from, to] : [3, 3, to, from],
      dtype: "float32",
    };
    specs[`${name}.bias`] = { shape: [to], dtype: "float32" };
    if (!hasNorm) continue;
    specs[`${name}.gamma`] = { shape: [to], dtype: "float32" };
    specs[`${name}.beta`] = { shape: [to], dtype: "float32" };
  }
  return specs;
}

export function networkInitialState({ width, items }: NetworkSize): TensorDataMap {
  const parameters = parameterSpecs(width);
  const values = mapValues(parameters, (spec, name): TensorData => {
    const length = spec.shape.reduce((product, n) => product * n, 1);
    if (name.endsWith(".gamma")) return { ...spec, data: new Float32Array(length).fill(1) };
    if (name.endsWith(".beta")) return { ...spec, data: new Float32Array(length) };
    const fanIn = spec.shape.length === 4 ? 9 * spec.shape[2]! : 9 * length;
    return noise(spec.shape, name.length * 31 + name.charCodeAt(1), 1 / Math.sqrt(fanIn));
  });
  const memory = noise([items, 8 * width], 5);
  const rows = memory.data.map(Math.abs) as Float32Array;
  return { ...values, ...adamInitialState(parameters), memory: { ...memory, data: rows } };
}

function forward(p: TensorMap, frames: T4, keys: ops.Tensor, { size, batch, items, width }: NetworkSize) {
  const layer = (name: string, x: ops.Tensor, outSize: number): T4 => {
    const { kind, hasNorm, to } = layers(width).find((candidate) => candidate.name === name)!;
    const filter = p[`${name}.filter`] as T4;
    const linear =
      kind === "conv"
        ? ops.conv2d(x as T4, filter, 1, "same")
        : ops.conv2dTranspose(x as T4, filter, [batch, outSize, outSize, to], 2, "same");
    const biased = ops.add(linear, p[`${name}.bias`]!) as T4;
    if (!hasNorm) return biased;
    return ops.relu(ops.batchNormTraining(biased, p[`${name}.gamma`] as T1, p[`${name}.beta`] as T1).y);
  };
  const basic = (name: string, x: ops.Tensor, s: number) => layer(`${name}b`, layer(`${name}a`, x, s), s);
  const down = (x: T4) => ops.maxPool(x, 2, 2, "valid");
  const skip1 = basic("e1", frames, size);
  const skip2 = basic("e2", down(skip1), size / 2);
  const skip3 = basic("e3", down(skip2), size / 4);
  const features = basic("e4", down(skip3), size / 8);
  const query = ops.l2Normalize(features);
  const rows = ops.reshape(query, [-1, 8 * width]);
  const similarity = ops.matMul(rows, keys, false, true);
  const scoreMemory = ops.softmax(similarity);
  const { indices } = ops.topk(ops.stopGradient(scoreMemory), 2);
  const [first, second] = ops
    .unstack(indices, 1)
    .map((index) => ops.matMul(ops.oneHot(index as T1, items), keys));
  const toFirst = ops.sub(rows, ops.stopGradient(first!));
  const toSecond = ops.sub(rows, ops.stopGradient(second!));
  const norm = (x: ops.Tensor) => ops.sqrt(ops.sum(ops.square(ops.add(x, 1e-6)), 1));
  const compactness = ops.mean(ops.square(toFirst));
  const separateness = ops.mean(ops.relu(ops.add(ops.sub(norm(toFirst), norm(toSecond)), 1)));
  const read = ops.reshape(ops.matMul(ops.stopGradient(scoreMemory), keys), query.shape);
  const deep = basic("d4", ops.concat([query, read], 3), size / 8);
  const d3 = basic("d3", ops.concat([skip3, layer("u4", deep, size / 4)], 3), size / 4);
  const d2 = basic("d2", ops.concat([skip2, layer("u3", d3, size / 2)], 3), size / 2);
  const top = ops.concat([skip1, layer("u2", d2, size)], 3);
  const output = ops.tanh(layer("g3", layer("g2", layer("g1", top, size), size), size));
  const keysNext = updatedKeys(rows, similarity, ops.oneHot(ops.argMax(scoreMemory, 1), items), keys);
  return { output, compactness, separateness, keysNext };
}

function updatedKeys(
  rows: ops.Tensor,
  similarity: ops.Tensor,
  nearest: ops.Tensor,
  keys: ops.Tensor,
): ops.Tensor {
  const [queries, logits] = [ops.stopGradient(rows), ops.stopGradient(similarity)];
  const scoreQuery = ops.transpose(ops.softmax(ops.transpose(logits)));
  const weights = ops.mul(nearest, ops.div(scoreQuery, ops.max(scoreQuery, 0, true)));
  return ops.stopGradient(ops.l2Normalize(ops.add(ops.matMul(weights, queries, true, false), keys)));
}

/** batch `frames` [b, s, s, 12] and `target` [b, s, s, 3]; scalars `learningRate`, `stepNumber`; output `loss`. */
export function networkTrainingStep(network: NetworkSize): Step {
  const { size, width, batch, items } = network;
  const parameters = parameterSpecs(width);
  return {
    name: "mnad-shaped",
    state: {
      ...parameters,
      ...adamStateSpecs(parameters),
      memory: { shape: [items, 8 * width], dtype: "float32" },
    },
    constants: {},
    batch: {
      frames: { shape: [batch, size, size, 12], dtype: "float32" },
      target: { shape: [batch, size, size, 3], dtype: "float32" },
    },
    scalars: ["learningRate", "stepNumber"],
    run({ state, batch: given, scalars }) {
      const { loss, aux, grads } = ops.valueAndNamedGrads(
        (p) => {
          const result = forward(p, given.frames as T4, state.memory!, network);
          const pixels = ops.mean(ops.square(ops.sub(result.output, given.target!)));
          const memoryLoss = ops.mul(ops.add(result.compactness, result.separateness), 0.1);
          return { loss: ops.add(pixels, memoryLoss), aux: { pixels, memory: result.keysNext } };
        },
        mapValues(parameters, (_, name) => state[name]!),
      );
      const updated = adamStep(state, grads, scalars.learningRate!, scalars.stepNumber!);
      return { state: { ...state, ...updated, memory: aux.memory }, outputs: { loss, pixels: aux.pixels } };
    },
  };
}
