// Typed arrays in bytea columns, little-endian. Every machine that Node runs on is little-endian, so the bytes of
// the array are the bytes of the column; a copy is made only where alignment wants one.

export function packFloat32(values: Float32Array): Buffer {
  return bytesOf(values);
}

export function packFloat64(values: Float64Array): Buffer {
  return bytesOf(values);
}

export function packUint32(values: Uint32Array): Buffer {
  return bytesOf(values);
}

/** @throws RangeError where the length is no multiple of 4 */
export function unpackFloat32(bytes: Uint8Array): Float32Array {
  const aligned = alignTo(bytes, 4);
  return new Float32Array(aligned.buffer, aligned.byteOffset, elements(bytes, 4));
}

/** @throws RangeError where the length is no multiple of 8 */
export function unpackFloat64(bytes: Uint8Array): Float64Array {
  const aligned = alignTo(bytes, 8);
  return new Float64Array(aligned.buffer, aligned.byteOffset, elements(bytes, 8));
}

/** @throws RangeError where the length is no multiple of 4 */
export function unpackUint32(bytes: Uint8Array): Uint32Array {
  const aligned = alignTo(bytes, 4);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, elements(bytes, 4));
}

function bytesOf(values: Float32Array | Float64Array | Uint32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function elements(bytes: Uint8Array, size: number): number {
  if (bytes.byteLength % size !== 0) {
    throw new RangeError(`${bytes.byteLength} bytes are no whole number of elements of ${size} bytes.`);
  }
  return bytes.byteLength / size;
}

function alignTo(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes);
}
