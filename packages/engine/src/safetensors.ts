// The safetensors format (a length, a JSON header, raw little-endian bytes), readable by Python too.
import { AppError } from "@engram/core";
import { sizeOf } from "./host-data.ts";
import type { DType, TensorData, TensorDataMap, TensorSpec } from "./step.ts";

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
 * @param tensors float32, int32 or bool (one byte each, 0 or 1); under any name but `__metadata__`
 * @param metadata free text under free keys
 * @returns the file in pieces, one behind the other: its header, then each tensor's own memory, which is not copied
 * @throws AppError BAD_INPUT for a tensor named `__metadata__`
 */
export function encodeSafetensors(
  tensors: TensorDataMap,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  if (Object.hasOwn(tensors, METADATA_KEY)) {
    throw new AppError("BAD_INPUT", `A safetensors file holds no tensor named "${METADATA_KEY}".`);
  }
  // Names in order, four-byte types first, so that every tensor starts at a multiple of its element's size.
  const names = Object.keys(tensors).sort();
  const ordered = [4, 1].flatMap((bytes) =>
    names.filter((name) => FORMATS[tensors[name]!.dtype].bytes === bytes),
  );
  const entries: [string, unknown][] = [[METADATA_KEY, metadata]];
  let offset = 0;
  for (const name of ordered) {
    const { dtype, shape, data } = tensors[name]!;
    const end = offset + data.byteLength;
    entries.push([name, { dtype: FORMATS[dtype].code, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(HEADER_LENGTH_BYTES + padded).fill(" ".charCodeAt(0), HEADER_LENGTH_BYTES);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(text, HEADER_LENGTH_BYTES);
  return [header, ...ordered.map((name) => tensorBytes(tensors[name]!))];
}

/** A tensor's values as they lie in memory and in a file; shared, not copied. */
export function tensorBytes({ data }: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Where a tensor lies in a file. */
export interface SafetensorsEntry extends TensorSpec {
  readonly name: string;
  /** first byte, and the one behind the last, counted from the file's beginning */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** in the order of their bytes, without gaps from the header to the end */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** where the tensors should end: the length of a whole file */
  readonly end: number;
}

/** Whether a tensor is wanted. One that is not is left out, and may be of a type that is not known here. */
type IsNeeded = (name: string) => boolean;

const ALL_ARE_NEEDED: IsNeeded = () => true;

/**
 * The header alone; of a file that is cut short it may be all there is.
 *
 * @param isNeeded default: all tensors are
 * @throws AppError CORRUPT_CHECKPOINT where it is cut short, damaged or inconsistent, naming the tensor if there is
 *   one, or says an element type other than F32, I32, BOOL
 */
export function readSafetensorsHeader(
  bytes: Uint8Array,
  isNeeded: IsNeeded = ALL_ARE_NEEDED,
): SafetensorsHeader {
  const { header, bodyStart } = parseHeader(bytes);
  const { [METADATA_KEY]: notes = {}, ...tensors } = header;
  if (notes === null || typeof notes !== "object") throw corrupt("its header is not readable");
  const metadata = Object.fromEntries(Object.entries(notes).map(([key, value]) => [key, String(value)]));
  const spans = Object.entries(tensors)
    .map(([name, entry]) => readSpan(name, entry, bodyStart))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let end = bodyStart;
  for (const span of spans) {
    if (span.start !== end) {
      throw corrupt(`tensor "${span.name}" begins at byte ${span.start} of the file, expected byte ${end}`);
    }
    end = span.end;
  }
  const entries = spans
    .filter(({ name }) => isNeeded(name))
    .map((span) => ({ ...span, ...readSpec(span, tensors[span.name]) }));
  return { entries, metadata, end };
}

/**
 * The inverse of `encodeSafetensors`. The tensors share the memory of `bytes` where these are aligned for them.
 *
 * @throws AppError CORRUPT_CHECKPOINT as `readSafetensorsHeader`, and where the file ends before or behind its tensors
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  isNeeded: IsNeeded = ALL_ARE_NEEDED,
): {
  tensors: TensorDataMap;
  metadata: Readonly<Record<string, string>>;
} {
  const { entries, metadata, end } = readSafetensorsHeader(bytes, isNeeded);
  const tensors = entries.map((entry): [string, TensorData] => {
    if (entry.end > bytes.length) {
      const problem = `should end at byte ${entry.end}, but the file has ${bytes.length}`;
      throw corrupt(`tensor "${entry.name}" is truncated: it ${problem}`);
    }
    const { shape, dtype } = entry;
    return [entry.name, { shape, dtype, data: typedView(dtype, bytes.subarray(entry.start, entry.end)) }];
  });
  if (end !== bytes.length) throw corrupt(`its tensors end at byte ${end}, but the file has ${bytes.length}`);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function parseHeader(bytes: Uint8Array): { header: Record<string, unknown>; bodyStart: number } {
  if (bytes.length < HEADER_LENGTH_BYTES) throw corrupt(`the file has ${bytes.length} bytes and no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const bodyStart = HEADER_LENGTH_BYTES + length;
  if (length > MAX_HEADER_BYTES || bodyStart > bytes.length) {
    throw corrupt(`its header should take ${length} bytes, but the file has ${bytes.length}`);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true });
    const header: unknown = JSON.parse(text.decode(bytes.subarray(HEADER_LENGTH_BYTES, bodyStart)));
    if (typeof header !== "object" || header === null || Array.isArray(header))
      throw new Error("not an object");
    return { header: header as Record<string, unknown>, bodyStart };
  } catch (cause) {
    throw corrupt("its header is not readable JSON", cause);
  }
}

type Span = Pick<SafetensorsEntry, "name" | "start" | "end">;

function readSpan(name: string, entry: unknown, bodyStart: number): Span {
  const { data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const [start = 0, end = -1] = isLengths(offsets) && offsets.length === 2 ? offsets : [];
  if (end < start) throw corrupt(`tensor "${name}" has no valid offsets`);
  return { name, start: bodyStart + start, end: bodyStart + end };
}

function readSpec({ name, start, end }: Span, entry: unknown): TensorSpec {
  const { dtype: code, shape } = (entry ?? {}) as Record<string, unknown>;
  const dtype = (Object.keys(FORMATS) as DType[]).find((candidate) => FORMATS[candidate].code === code);
  if (!dtype) throw corrupt(`tensor "${name}" has the type ${String(code)}, expected F32, I32 or BOOL`);
  if (!isLengths(shape)) throw corrupt(`tensor "${name}" has no valid shape`);
  const expected = sizeOf(shape) * FORMATS[dtype].bytes;
  if (end - start !== expected) {
    throw corrupt(`tensor "${name}" of ${dtype} [${shape}] needs ${expected} bytes and has ${end - start}`);
  }
  return { shape, dtype };
}

function typedView(dtype: DType, bytes: Uint8Array): TensorData["data"] {
  if (dtype === "bool") return bytes;
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, byteOffset, bytes.length / 4);
    case "int32":
      return new Int32Array(buffer, byteOffset, bytes.length / 4);
    default:
      throw dtype satisfies never;
  }
}

function isLengths(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

function corrupt(problem: string, cause?: unknown): AppError {
  return new AppError("CORRUPT_CHECKPOINT", `The safetensors file is damaged: ${problem}.`, { cause });
}
