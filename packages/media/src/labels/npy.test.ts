import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedData } from "../testing/fixtures.ts";
import { parseNpy } from "./npy.ts";

function npy(
  descr: string,
  shape: string,
  data: Uint8Array,
  options: { fortran?: boolean; version?: 1 | 2 } = {},
): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${options.fortran ? "True" : "False"}, 'shape': ${shape}, }\n`;
  const isFirst = (options.version ?? 1) === 1;
  const length = Buffer.alloc(isFirst ? 2 : 4);
  if (isFirst) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from("\x93NUMPY", "latin1"),
    Buffer.of(isFirst ? 1 : 2, 0),
    length,
    Buffer.from(header),
    data,
  ]);
}

type Writer = (view: DataView, offset: number, value: number, little: boolean) => void;
const TYPES: Record<string, readonly [number, Writer]> = {
  b1: [1, (view, at, value) => view.setUint8(at, value)],
  u1: [1, (view, at, value) => view.setUint8(at, value)],
  i1: [1, (view, at, value) => view.setInt8(at, value)],
  u2: [2, (view, at, value, little) => view.setUint16(at, value, little)],
  i2: [2, (view, at, value, little) => view.setInt16(at, value, little)],
  u4: [4, (view, at, value, little) => view.setUint32(at, value, little)],
  i4: [4, (view, at, value, little) => view.setInt32(at, value, little)],
  u8: [8, (view, at, value, little) => view.setBigUint64(at, BigInt(value), little)],
  i8: [8, (view, at, value, little) => view.setBigInt64(at, BigInt(value), little)],
  f2: [2, (view, at, value, little) => view.setUint16(at, value === 0 ? 0 : 0x3c00, little)],
  f4: [4, (view, at, value, little) => view.setFloat32(at, value, little)],
  f8: [8, (view, at, value, little) => view.setFloat64(at, value, little)],
};

describe("npy", () => {
  it("reads 0 and 1 of every integer and float type, in both byte orders and versions, rank 1 and 2", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(...Object.keys(TYPES)),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(1 as const, 2 as const),
        (labels, type, little, isRow, version) => {
          const [size, write] = TYPES[type]!;
          const data = new Uint8Array(labels.length * size);
          labels.forEach((label, i) => {
            write(new DataView(data.buffer), i * size, label, little);
          });
          const order = size === 1 ? "|" : little ? "<" : ">";
          const shape = isRow ? `(1, ${labels.length})` : `(${labels.length},)`;
          const parsed = parseNpy(npy(order + type, shape, data, { version }), "labels.npy");
          expect([...parsed.data]).toEqual(labels);
          expect(parsed.shape).toEqual(isRow ? [1, labels.length] : [labels.length]);
        },
      ),
    );
  });

  it("reads columns first where the file says so", () => {
    const file = npy("|u1", "(2, 3)", Uint8Array.of(1, 4, 2, 5, 3, 6), { fortran: true });
    expect([...parseNpy(file, "x").data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("reads halves that are not 0 or 1", () => {
    const file = npy("<f2", "(4,)", new Uint8Array(Uint16Array.of(0xc100, 0x0001, 0x7c00, 0x3555).buffer));
    expect([...parseNpy(file, "x").data]).toEqual([-2.5, 2 ** -24, Number.POSITIVE_INFINITY, 0.333251953125]);
  });

  it("refuses what is no array of numbers, is cut short, or has more dimensions", () => {
    for (const bytes of [
      new Uint8Array(3),
      new TextEncoder().encode("not an array at all"),
      npy("<i8", "(2,)", new Uint8Array(15)),
      npy("<i8", "(1000000000000,)", new Uint8Array(8)),
      npy("|u1", "(1, 1, 1)", new Uint8Array(1)),
      npy("<U4", "(1,)", new Uint8Array(16)),
      npy("|O", "(1,)", new Uint8Array(8)),
      npy("|u1", "(2,)", Uint8Array.of(0, 1)).subarray(0, 20),
    ]) {
      expect(() => parseNpy(bytes, "labels.npy")).toThrow(/^labels\.npy cannot be read: /);
    }
  });

  it("never fails in any other way, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, hasMagic) => {
        const file = hasMagic ? npy("<i4", "(2,)", bytes) : bytes;
        try {
          parseNpy(file, "x");
        } catch (err) {
          expect(err).toMatchObject({ code: "BAD_INPUT" });
        }
      }),
    );
  });

  const ped2 = sharedData("ped2/frame_labels_ped2.npy");
  it.skipIf(ped2 === null)("reads the published label file of Ped2", async () => {
    const { shape, data } = parseNpy(await readFile(ped2!), "frame_labels_ped2.npy");
    expect(shape).toEqual([1, 2010]);
    expect(data.reduce((sum, label) => sum + label, 0)).toBe(1648);
  });
});
