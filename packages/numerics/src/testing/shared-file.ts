// Reference files that tests compare with. They are not part of the repository: where absent, their tests skip.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../../..");

/** A file's bytes from ENGRAM_SHARED, else from ../shared beside the repository; null, with a printed reason, where absent. */
export function readShared(path: string): Buffer | null {
  const folder = process.env.ENGRAM_SHARED ?? resolve(ROOT, "../shared");
  const file = resolve(folder, path);
  if (existsSync(file)) return readFileSync(file);
  console.warn(
    `Skipping what compares with ${file}: there is no such file (ENGRAM_SHARED names its folder).`,
  );
  return null;
}

/** The golden vectors named `key`, typed by the caller; null where the file is absent. */
export function readGolden<T>(key: string): T | null {
  const bytes = readShared("reference/golden.json");
  return bytes && (JSON.parse(bytes.toString("utf8")) as Record<string, T>)[key]!;
}

/** A one-dimensional little-endian float32 `.npy` file (format 1.0). */
export function parseFloat32Npy(bytes: Buffer): Float32Array {
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, 10 + headerLength);
  if (!header.includes("'<f4'")) throw new Error(`Not a float32 array: ${header}`);
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + 10 + headerLength, bytes.byteOffset + bytes.length),
  );
}
