import { type ImportableArchitecture, resolveHyperparameters } from "@engram/core";
import { encodeSafetensors, type TensorData, type TensorDataMap } from "@engram/engine";
import { mulberry32 } from "@engram/numerics";
import { describe, expect, it } from "vitest";
import { createDetector } from "../registry.ts";
import { publishedSpecs, readPublishedWeights } from "./published-weights.ts";

const VARIANTS: readonly ImportableArchitecture[] = ["MNAD_PREDICTION", "MNAD_RECONSTRUCTION"];

const fileOf = (tensors: TensorDataMap) => Uint8Array.from(Buffer.concat(encodeSafetensors(tensors)));

function renamed(tensors: TensorDataMap, rename: (name: string) => string): TensorDataMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));
}

function without(tensors: TensorDataMap, ...names: readonly string[]): TensorDataMap {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
}

const form = { architecture: "MNAD_PREDICTION", width: 4, items: 3 } as const;

/** A state dict of the published code whose every number is another. */
function stateDict(of: Parameters<typeof publishedSpecs>[0]): TensorDataMap {
  const draw = mulberry32(1);
  const drawn = Object.entries(publishedSpecs(of)).map(([name, spec]) => {
    const length = spec.shape.reduce((product, side) => product * side, 1);
    return [name, { ...spec, data: Float32Array.from({ length }, draw) }] as const;
  });
  return Object.fromEntries(drawn);
}

const published = stateDict(form);
const model = readPublishedWeights(fileOf(published)).state;
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: "BAD_INPUT", message: expect.stringMatching(message) });

describe("published weights", () => {
  it.each(VARIANTS)("become every tensor of %s, its form read off the shapes", (architecture) => {
    const detector = createDetector(
      architecture,
      resolveHyperparameters(architecture, "tiny", { width: 4, items: 3, size: 16 }),
    );
    const { state, ...read } = readPublishedWeights(fileOf(stateDict({ ...form, architecture })));
    expect(read).toEqual({ ...form, architecture });
    const specs = Object.entries(state).map(([name, { shape, dtype }]) => [name, { shape, dtype }]);
    expect(Object.fromEntries(specs)).toEqual(detector.modelSpecs);
  });

  it("are called what the published modules call them", () => {
    const same: readonly (readonly [ours: string, published: string])[] = [
      ["conv4.2/bias", "encoder.moduleConv4.3.bias"],
      ["deconv4.1/gamma", "decoder.moduleConv.1.weight"],
      ["up3/beta", "decoder.moduleUpsample3.1.bias"],
      ["deconv1.2/mean", "decoder.moduleDeconv1.4.running_mean"],
      ["conv3.2/variance", "encoder.moduleConv3.4.running_var"],
      ["deconv1.3/bias", "decoder.moduleDeconv1.6.bias"],
      ["memory/items", "m_items"],
    ];
    for (const [ours, name] of same) expect(model[ours], ours).toEqual(published[name]);
  });

  it("turn filters from torch's layout, [out, in, 3, 3] and, transposed, [in, out, 3, 3]", () => {
    const at = ({ shape, data }: TensorData, index: readonly number[]) =>
      data[index.reduce((flat, i, axis) => flat * shape[axis]! + i, 0)];
    const [conv, torchConv] = [model["conv2.1/filter"]!, published["encoder.moduleConv2.0.weight"]!];
    expect(at(conv, [2, 1, 3, 5])).toBe(at(torchConv, [5, 3, 2, 1]));
    const [up, torchUp] = [model["up4/filter"]!, published["decoder.moduleUpsample4.0.weight"]!];
    expect(up.shape).toEqual([3, 3, 16, 32]);
    expect(at(up, [2, 1, 9, 30])).toBe(at(torchUp, [30, 9, 2, 1]));
  });

  it("are read with `module.` before their names, with the memory as `keys`, and with what is never run", () => {
    const extras: TensorDataMap = {
      "encoder.moduleBatchNorm.weight": { shape: [32], dtype: "float32", data: new Float32Array(32) },
      "encoder.moduleConv1.1.num_batches_tracked": { shape: [], dtype: "int32", data: Int32Array.of(7) },
    };
    const { m_items: keys, ...network } = published;
    const parallel = renamed({ ...network, ...extras }, (name) => `module.${name}`);
    expect(readPublishedWeights(fileOf({ ...parallel, keys: keys! })).state).toEqual(model);
  });

  it("name every tensor at fault: missing, unexpected, misshaped, not finite", () => {
    const read = (tensors: TensorDataMap) => () => readPublishedWeights(fileOf(tensors));
    expect(read(without(published, "m_items", "decoder.moduleConv.0.bias"))).toThrow(
      refusal(/missing "m_items", "decoder\.moduleConv\.0\.bias"\.$/),
    );
    const bias = published["decoder.moduleConv.0.bias"]!;
    expect(read({ ...published, "decoder.moduleConv.9.bias": bias })).toThrow(
      refusal(
        /^The tensors are not those of mnad-prediction of width 4 with 3 items: unexpected "decoder\.moduleConv\.9\.bias"\.$/,
      ),
    );
    const half = { ...bias, shape: [16], data: bias.data.slice(16) as Float32Array<ArrayBuffer> };
    expect(read({ ...published, "decoder.moduleConv.0.bias": half })).toThrow(
      refusal(/of another shape "decoder\.moduleConv\.0\.bias" \(float32 \[16\], expected float32 \[32\]\)/),
    );
    const broken = { ...bias, data: bias.data.slice().fill(Number.NaN) as Float32Array<ArrayBuffer> };
    expect(read({ ...published, "decoder.moduleConv.0.bias": broken })).toThrow(
      refusal(/with values that are no numbers "decoder\.moduleConv\.0\.bias"/),
    );
  });

  it("must have the form that is asked for", () => {
    const read = (form: Parameters<typeof readPublishedWeights>[1]) => () =>
      readPublishedWeights(fileOf(published), form);
    expect(read({ width: 4, items: 3, architecture: "MNAD_PREDICTION" })).not.toThrow();
    expect(read({ items: 10 })).toThrow(
      refusal(/"m_items" \(float32 \[3,32\], expected float32 \[10,32\]\)/),
    );
    expect(read({ width: 8 })).toThrow(refusal(/ and \d+ more/));
    expect(read({ architecture: "MNAD_RECONSTRUCTION" })).toThrow(
      refusal(/"encoder\.moduleConv1\.0\.weight" \(/),
    );
  });

  it("are refused in a sentence where the file is something else", () => {
    expect(() => readPublishedWeights(Buffer.from("PK\u0003\u0004archive/data.pkl"))).toThrow(
      refusal(/torch\.save/),
    );
    expect(() => readPublishedWeights(Buffer.from("nothing of the kind"))).toThrow(
      refusal(/safetensors file is damaged/),
    );
    expect(() => readPublishedWeights(fileOf({ bias: published["decoder.moduleConv.0.bias"]! }))).toThrow(
      refusal(/no weights of MNAD's published code: "encoder\.moduleConv1\.0\.weight" is missing/),
    );
    expect(() => readPublishedWeights(fileOf(published).subarray(0, -1))).toThrow(
      refusal(/truncated|end at byte/),
    );
  });
});
