import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  packFloat32,
  packFloat64,
  packUint32,
  unpackFloat32,
  unpackFloat64,
  unpackUint32,
} from "./packing.ts";

describe("packing", () => {
  it("is little-endian", () => {
    expect([...packFloat32(Float32Array.of(1))]).toEqual([0, 0, 0x80, 0x3f]);
    expect([...packUint32(Uint32Array.of(0x01020304))]).toEqual([4, 3, 2, 1]);
    expect([...packFloat64(Float64Array.of(1))]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  });

  it("gives back every number, NaN and infinities included", () => {
    fc.assert(
      fc.property(fc.float32Array(), fc.float64Array(), fc.uint32Array(), (single, double, whole) => {
        expect(unpackFloat32(packFloat32(single))).toEqual(single);
        expect(unpackFloat64(packFloat64(double))).toEqual(double);
        expect(unpackUint32(packUint32(whole))).toEqual(whole);
      }),
    );
  });

  it("packs a view without what lies around it", () => {
    const view = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(unpackFloat32(packFloat32(view))).toEqual(Float32Array.of(2, 3));
  });

  it("reads bytes that are not aligned, as the driver hands them out", () => {
    const bytes = Buffer.concat([Buffer.of(9), packFloat64(Float64Array.of(0.1, -2))]).subarray(1);
    expect(unpackFloat64(bytes)).toEqual(Float64Array.of(0.1, -2));
  });

  it("refuses bytes that are cut off", () => {
    expect(() => unpackFloat32(Buffer.alloc(7))).toThrow(RangeError);
  });
});
