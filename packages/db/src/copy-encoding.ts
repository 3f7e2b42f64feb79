// PostgreSQL's binary COPY format: rows of length-prefixed fields, big-endian, each as its type's binary form.
// https://www.postgresql.org/docs/current/sql-copy.html

/** One field of a row, already in its binary form; null is SQL's null. */
export type CopyField = Buffer | null;

const SIGNATURE = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1");
export const COPY_HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)]);
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);

const FLOAT8_OID = 701;
const INT4_OID = 23;
const TEXT_OID = 25;

export function encodeRow(fields: readonly CopyField[]): Buffer {
  const parts: Buffer[] = [int16(fields.length)];
  for (const field of fields) {
    if (field === null) parts.push(int4(-1));
    else parts.push(int4(field.length), field);
  }
  return Buffer.concat(parts);
}

export function uuid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll("-", ""), "hex");
  if (bytes.length !== 16) throw new TypeError(`"${text}" is not a UUID.`);
  return bytes;
}

export function text(value: string): Buffer {
  return Buffer.from(value, "utf8");
}

/** @throws RangeError where the number is no 32-bit integer */
export function int4(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  if (!Number.isInteger(value)) throw new RangeError(`${value} is no integer.`);
  bytes.writeInt32BE(value);
  return bytes;
}

export function float8(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

export function textArray(values: readonly string[]): Buffer {
  return array(TEXT_OID, values.map(text));
}

export function int4Array(values: readonly number[]): Buffer {
  return array(INT4_OID, values.map(int4));
}

export function float8Array(values: readonly (number | null)[]): Buffer {
  return array(
    FLOAT8_OID,
    values.map((value) => (value === null ? null : float8(value))),
  );
}

/** One dimension, counted from 1. */
function array(elementOid: number, elements: readonly CopyField[]): Buffer {
  const hasNull = elements.includes(null) ? 1 : 0;
  const header =
    elements.length === 0
      ? [int4(0), int4(0), int4(elementOid)]
      : [int4(1), int4(hasNull), int4(elementOid), int4(elements.length), int4(1)];
  const body = elements.flatMap((element) =>
    element === null ? [int4(-1)] : [int4(element.length), element],
  );
  return Buffer.concat([...header, ...body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}
