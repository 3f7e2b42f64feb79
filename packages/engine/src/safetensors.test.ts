import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import type { TensorDataMap } from "./step.ts";
import { noise } from "./testing/both-devices.ts";

const tensors: TensorDataMap = {
  flags: { shape: [3], dtype: "bool", data: Uint8Array.of(1, 0, 1) },
  weights: noise([2, 3, 4]),
  step: { shape: [], dtype: "int32", data: Int32Array.of(12) },
  empty: { shape: [0, 4], dtype: "float32", data: new Float32Array(0) },
};
const file = encodeSafetensors(tensors, { model: "mnad", note: "größer" });

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

describe("safetensors", () => {
  it("keeps shapes, types, values and notes", () => {
    expect(decodeSafetensors(file)).toEqual({ tensors, metadata: { model: "mnad", note: "größer" } });
  });

  it("reads from the middle of a larger buffer, and the tensors own their memory", () => {
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    const { tensors: decoded } = decodeSafetensors(larger.subarray(3));
    larger.fill(0);
    expect(decoded).toEqual(tensors);
  });

  it("gives equal bytes for equal tensors, whatever their order", () => {
    const reversed = Object.fromEntries(Object.entries(tensors).reverse());
    expect(encodeSafetensors(reversed, { model: "mnad", note: "größer" })).toEqual(file);
  });

  it("refuses a file cut anywhere", () => {
    for (let length = 0; length < file.length; length += 1) {
      expect(() => decodeSafetensors(file.subarray(0, length))).toThrow(
        expect.objectContaining({ code: "CORRUPT_CHECKPOINT" }),
      );
    }
  });

  it("names the tensor at fault", () => {
    const cut = file.subarray(0, file.length - 5);
    expect(() => decodeSafetensors(cut)).toThrow(/tensor "weights"|tensor "flags"/);
    expect(() => decodeSafetensors(withHeader((h) => (h.weights!.shape = [2, 3, 5])))).toThrow(
      /tensor "weights" of float32 \[2,3,5\] needs 120 bytes and has 96/,
    );
    expect(() => decodeSafetensors(withHeader((h) => (h.step!.dtype = "F16")))).toThrow(
      /tensor "step" has the type F16/,
    );
    expect(() => decodeSafetensors(withHeader((h) => (h.flags!.data_offsets = [-1, 2])))).toThrow(
      /tensor "flags"/,
    );
    expect(() => decodeSafetensors(withHeader((h) => delete h.flags))).toThrow(/tensors take \d+ bytes/);
  });

  it("refuses bytes that are something else", () => {
    expect(() => decodeSafetensors(new TextEncoder().encode("PK\u0003\u0004 this is a zip file"))).toThrow(
      /header should take/,
    );
  });
});
