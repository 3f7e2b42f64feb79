import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, readSafetensorsHeader, tensorBytes } from "./safetensors.ts";
import type { TensorData, TensorDataMap } from "./step.ts";
import { noise } from "./testing/both-devices.ts";

const tensors: TensorDataMap = {
  flags: { shape: [3], dtype: "bool", data: Uint8Array.of(1, 0, 1) },
  weights: noise([2, 3, 4]),
  step: { shape: [], dtype: "int32", data: Int32Array.of(12) },
  empty: { shape: [0, 4], dtype: "float32", data: new Float32Array(0) },
};
const join = (pieces: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(pieces));
const file = join(encodeSafetensors(tensors, { model: "mnad", note: "größer" }));
const isRefused = expect.objectContaining({ code: "CORRUPT_CHECKPOINT" });

function withHeader(edit: (header: Record<string, Record<string, unknown>>) => void): Uint8Array {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  edit(header);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const result = new Uint8Array(8 + text.length + file.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
  result.set(text, 8);
  result.set(file.subarray(8 + length), 8 + text.length);
  return result;
}

/** Any bits: not-a-numbers with a payload, infinities and negative zeros too. */
const anyTensor: fc.Arbitrary<TensorData> = fc
  .tuple(
    fc.constantFrom("float32" as const, "int32" as const, "bool" as const),
    fc.array(fc.nat({ max: 4 }), { maxLength: 4 }),
  )
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, side) => product * side, dtype === "bool" ? 1 : 4);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes): TensorData => {
      if (dtype === "bool") return { shape, dtype, data: bytes.map((value) => value & 1) };
      const { buffer } = bytes.slice();
      if (dtype === "int32") return { shape, dtype, data: new Int32Array(buffer) };
      return { shape, dtype, data: new Float32Array(buffer) };
    });
  });
const anyName = fc
  .oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor", "1", ""))
  .filter((name) => name !== "__metadata__");
const anyTensors = fc.uniqueArray(fc.tuple(anyName, anyTensor), { selector: ([name]) => name, maxLength: 6 });
const anyNotes = fc.dictionary(anyName, fc.string({ unit: "binary" }), { maxKeys: 3 });

describe("safetensors", () => {
  it("keeps names, shapes, types, bits and notes, whatever they are", () => {
    const bitsOf = (map: TensorDataMap) =>
      Object.entries(map)
        .map(([name, tensor]) => [name, tensor.dtype, tensor.shape, Buffer.from(tensorBytes(tensor))])
        .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
    fc.assert(
      fc.property(anyTensors, anyNotes, fc.nat({ max: 3 }), (entries, notes, offset) => {
        const given = Object.fromEntries(entries);
        const encoded = join(encodeSafetensors(given, notes));
        const larger = new Uint8Array(encoded.length + offset);
        larger.set(encoded, offset);
        const decoded = decodeSafetensors(larger.subarray(offset));
        expect(bitsOf(decoded.tensors)).toEqual(bitsOf(given));
        expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(notes).sort());
      }),
    );
  });

  it("says beforehand where each tensor lies and where the file ends", () => {
    fc.assert(
      fc.property(anyTensors, (entries) => {
        const given = Object.fromEntries(entries);
        const encoded = join(encodeSafetensors(given));
        const header = readSafetensorsHeader(encoded);
        expect(header.end).toBe(encoded.length);
        expect(header.entries.map(({ name }) => name).sort()).toEqual(Object.keys(given).sort());
        for (const { name, start, end } of header.entries) {
          expect(Buffer.from(encoded.subarray(start, end))).toEqual(Buffer.from(tensorBytes(given[name]!)));
        }
      }),
    );
  });

  it("copies no tensor, neither on the way out nor, where it is aligned, on the way in", () => {
    const [, ...pieces] = encodeSafetensors(tensors);
    expect(new Set(pieces.map(({ buffer }) => buffer))).toEqual(
      new Set(Object.values(tensors).map(({ data }) => data.buffer)),
    );
    for (const { data } of Object.values(decodeSafetensors(file).tensors))
      expect(data.buffer).toBe(file.buffer);
  });

  it("gives equal bytes for equal tensors, whatever their order", () => {
    const reversed = Object.fromEntries(Object.entries(tensors).reverse());
    expect(join(encodeSafetensors(reversed, { model: "mnad", note: "größer" }))).toEqual(file);
  });

  it("refuses a file cut anywhere, or with something behind its end", () => {
    for (let length = 0; length < file.length; length += 1) {
      expect(() => decodeSafetensors(file.subarray(0, length))).toThrow(isRefused);
    }
    expect(() => decodeSafetensors(join([file, Uint8Array.of(0)]))).toThrow(/its tensors end at byte/);
  });

  it("meets any damaged byte with the code of a damaged checkpoint, or with other values", () => {
    const anyDamage = fc.tuple(fc.nat({ max: file.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(anyDamage, ([at, flip]) => {
        const damaged = file.slice();
        damaged[at]! ^= flip;
        try {
          decodeSafetensors(damaged);
        } catch (err) {
          expect(err).toEqual(isRefused);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("names the tensor at fault", () => {
    const cut = file.subarray(0, file.length - 5);
    expect(() => decodeSafetensors(cut)).toThrow(/tensor "weights" is truncated/);
    expect(() => decodeSafetensors(withHeader((h) => (h.weights!.shape = [2, 3, 5])))).toThrow(
      /tensor "weights" of float32 \[2,3,5\] needs 120 bytes and has 96/,
    );
    expect(() => decodeSafetensors(withHeader((h) => (h.step!.dtype = "F16")))).toThrow(
      /tensor "step" has the type F16/,
    );
    expect(() => decodeSafetensors(withHeader((h) => (h.flags!.data_offsets = [-1, 2])))).toThrow(
      /tensor "flags"/,
    );
    expect(() => decodeSafetensors(withHeader((h) => delete h.step))).toThrow(/tensor "weights" begins at/);
    expect(() => decodeSafetensors(withHeader((h) => (h.step!.data_offsets = [4, 8])))).toThrow(
      /tensor "(step|weights)" begins at/,
    );
    expect(() => decodeSafetensors(withHeader((h) => delete h.flags))).toThrow(/its tensors end at byte/);
  });

  it("leaves out what is not needed, of whatever type, and still refuses a file that is not whole", () => {
    const foreign = withHeader((h) => (h.flags!.dtype = "I64"));
    expect(() => decodeSafetensors(foreign)).toThrow(/tensor "flags" has the type I64/);
    const isNeeded = (name: string) => name !== "flags";
    expect(Object.keys(decodeSafetensors(foreign, isNeeded).tensors).sort()).toEqual([
      ...["empty", "step", "weights"],
    ]);
    expect(() => decodeSafetensors(foreign.subarray(0, foreign.length - 1), isNeeded)).toThrow(isRefused);
  });

  it("refuses bytes that are something else, and a tensor under the name of the notes", () => {
    expect(() => decodeSafetensors(new TextEncoder().encode("PK\u0003\u0004 this is a zip file"))).toThrow(
      /header should take/,
    );
    const list = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from("[]"));
    expect(() => decodeSafetensors(list)).toThrow(/header is not readable JSON/);
    expect(() => encodeSafetensors({ __metadata__: tensors.step! })).toThrow(
      expect.objectContaining({ code: "BAD_INPUT" }),
    );
  });
});
