// Checkpoints: the safetensors format (a length, a JSON header, raw little-endian bytes), readable by Python too.
import { AppError } from "@engram/core";
import { sizeOf } from "./host-data.ts";
import type { DType, TensorData, TensorDataMap } from "./step.ts";

const HEADER_LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000;
const METADATA_KEY = "__metadata__";

const FORMATS = {
  float32: { code: "F32", bytes: 4 },
  int32: { code: "I32", bytes: 4 },
  bool: { code: "BOOL", bytes: 1 },
} as const satisfies Record<DType, { code: string; bytes: number }>;

/**
 * Tensors and notes about them as the bytes of a `.safetensors` file; equal maps give equal bytes.
 *
 * @param tensors float32, int32 or bool (one byte each, 0 or 1)
 * @param metadata free text under free keys
 */
export function encodeSafetensors(
  tensors: TensorDataMap,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { [METADATA_KEY]: metadata };
  // Names in order, four-byte types first, so that every tensor starts at a multiple of its element's size.
  const names = Object.keys(tensors).sort();
  const ordered = [4, 1].flatMap((bytes) =>
    names.filter((name) => FORMATS[tensors[name]!.dtype].bytes === bytes),
  );
  let offset = 0;
  for (const name of ordered) {
    const { dtype, shape, data } = tensors[name]!;
    header[name] = { dtype: FORMATS[dtype].code, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(HEADER_LENGTH_BYTES + padded + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(" ".charCodeAt(0), HEADER_LENGTH_BYTES, HEADER_LENGTH_BYTES + padded);
  file.set(text, HEADER_LENGTH_BYTES);
  let position = HEADER_LENGTH_BYTES + padded;
  for (const name of ordered) {
    const { data } = tensors[name]!;
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

/**
 * The inverse of `encodeSafetensors`. The tensors own their memory.
 *
 * @throws AppError CORRUPT_CHECKPOINT naming the tensor, where the file is cut short, damaged or inconsistent, or holds
 *   an element type other than F32, I32, BOOL
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: TensorDataMap;
  metadata: Record<string, string>;
} {
  const { header, body } = readHeader(bytes);
  const tensors: Record<string, TensorData> = {};
  const metadata: Record<string, string> = {};
  let total = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA_KEY) {
      for (const [key, value] of Object.entries(entry as object)) metadata[key] = String(value);
      continue;
    }
    const tensor = readTensor(name, entry, body);
    tensors[name] = tensor;
    total += tensor.data.byteLength;
  }
  if (total !== body.length)
    throw corrupt(`tensors take ${total} bytes, but the file holds ${body.length} of them`);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; body: Uint8Array } {
  if (bytes.length < HEADER_LENGTH_BYTES) throw corrupt(`the file has ${bytes.length} bytes and no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const end = HEADER_LENGTH_BYTES + length;
  if (length > MAX_HEADER_BYTES || end > bytes.length) {
    throw corrupt(`its header should take ${length} bytes, but the file has ${bytes.length}`);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(HEADER_LENGTH_BYTES, end));
    const header: unknown = JSON.parse(text);
    if (typeof header !== "object" || header === null) throw new Error("not an object");
    return { header: header as Record<string, unknown>, body: bytes.subarray(end) };
  } catch (cause) {
    throw corrupt("its header is not readable JSON", cause);
  }
}

function readTensor(name: string, entry: unknown, body: Uint8Array): TensorData {
  const { dtype: code, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const dtype = (Object.keys(FORMATS) as DType[]).find((candidate) => FORMATS[candidate].code === code);
  if (!dtype) throw corrupt(`tensor "${name}" has the type ${String(code)}, expected F32, I32 or BOOL`);
  if (!isLengths(shape)) throw corrupt(`tensor "${name}" has no valid shape`);
  if (!isLengths(offsets) || offsets.length !== 2) throw corrupt(`tensor "${name}" has no valid offsets`);
  const [start, end] = offsets as [number, number];
  const expected = sizeOf(shape) * FORMATS[dtype].bytes;
  if (end - start !== expected) {
    throw corrupt(`tensor "${name}" of ${dtype} [${shape}] needs ${expected} bytes and has ${end - start}`);
  }
  if (end > body.length) {
    throw corrupt(`tensor "${name}" ends at byte ${end}, but the file holds ${body.length} bytes of tensors`);
  }
  const own = body.slice(start, end);
  switch (dtype) {
    case "float32":
      return { shape, dtype, data: new Float32Array(own.buffer) };
    case "int32":
      return { shape, dtype, data: new Int32Array(own.buffer) };
    case "bool":
      return { shape, dtype, data: own };
    default:
      throw dtype satisfies never;
  }
}

function isLengths(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

function corrupt(problem: string, cause?: unknown): AppError {
  return new AppError("CORRUPT_CHECKPOINT", `The checkpoint is damaged: ${problem}.`, { cause });
}
