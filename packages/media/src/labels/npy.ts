// NumPy's .npy files of numbers, as label files come: integers, booleans or floats of either byte order. Written here
// because a label file is untrusted: every length is checked before a byte is read.
import { AppError } from "@engram/core";

export interface NpyArray {
  readonly shape: readonly number[];
  /** row-major, every element as a double: exact for labels, not for 64-bit integers beyond 2⁵³ */
  readonly data: Float64Array;
}

const MAGIC = "\x93NUMPY";

type Reader = (view: DataView, offset: number, isLittleEndian: boolean) => number;

const READERS: Readonly<Record<string, Reader>> = {
  b1: (view, offset) => view.getUint8(offset),
  u1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u8: (view, offset, little) => Number(view.getBigUint64(offset, little)),
  i8: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  f2: (view, offset, little) => halfToNumber(view.getUint16(offset, little)),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
};

/**
 * Parses format versions 1 to 3; dtypes bool, int8…int64, uint8…uint64, float16…float64; rank 0 to 2.
 *
 * @param name what errors call the file
 * @throws AppError BAD_INPUT on anything else, and on a file of the wrong length
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse = (reason: string) => new AppError("BAD_INPUT", `${name} cannot be read: ${reason}.`);
  if (Buffer.from(bytes.subarray(0, 6)).toString("latin1") !== MAGIC || bytes.byteLength < 12) {
    throw refuse("it is no .npy file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirstVersion = bytes[6] === 1;
  const headerStart = isFirstVersion ? 10 : 12;
  const dataStart = headerStart + (isFirstVersion ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataStart > bytes.byteLength) throw refuse("its header is cut short");
  const header = Buffer.from(bytes.subarray(headerStart, dataStart)).toString("utf8");
  const { order, type, isColumnMajor, shape } = parseHeader(header, refuse);
  const read = READERS[type];
  if (read === undefined) throw refuse(`its elements are of type ${type}, expected integers or floats`);
  if (shape.length > 2) throw refuse(`it has ${shape.length} dimensions, expected 1 or 2`);
  const length = shape.reduce((product, extent) => product * extent, 1);
  const itemBytes = Number(type[1]);
  if (dataStart + length * itemBytes !== bytes.byteLength) {
    throw refuse(
      `it holds ${bytes.byteLength - dataStart} bytes, but says ${length} elements of ${itemBytes}`,
    );
  }
  const stored = Float64Array.from({ length }, (_, i) =>
    read(view, dataStart + i * itemBytes, order !== ">"),
  );
  return { shape, data: isColumnMajor ? transposed(stored, shape) : stored };
}

function parseHeader(header: string, refuse: (reason: string) => AppError) {
  const descr = /'descr'\s*:\s*'([<>|=])([a-zA-Z]\d+)'/.exec(header);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header);
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header);
  if (descr === null || fortran === null || shape === null) throw refuse("its header is not understood");
  return {
    order: descr[1]!,
    type: descr[2]!,
    isColumnMajor: fortran[1] === "True",
    shape: shape[1]!
      .split(",")
      .filter((extent) => extent.trim() !== "")
      .map(Number),
  };
}

function transposed(columnMajor: Float64Array, shape: readonly number[]): Float64Array {
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined) return columnMajor;
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    return columnMajor[(i - row * columns) * rows + row]!;
  });
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
