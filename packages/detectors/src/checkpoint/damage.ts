// What exactly is wrong with a file that does not match its checksum.
import { AppError, type CheckpointManifest } from "@engram/core";
import { readSafetensorsHeader, type SafetensorsHeader } from "@engram/engine";
import { sha256 } from "./files.ts";

/** The first tensor whose bytes are missing or changed; the file alone where none can be named. */
export function describeDamage(manifest: CheckpointManifest, file: string, bytes: Uint8Array): string {
  const { sizeBytes } = manifest.files[file]!;
  const inWhole =
    bytes.length === sizeBytes
      ? "does not match its checksum"
      : `has ${bytes.length} bytes, expected ${sizeBytes}`;
  const names = Object.keys(manifest.tensors).filter((name) => manifest.tensors[name]?.file === file);
  if (names.length === 0) return `${file} ${inWhole}`;
  const header = headerOf(bytes);
  const isKnown = header?.entries.every(({ name }) => names.includes(name)) ?? false;
  if (header === null || !isKnown)
    return `${file} ${inWhole}, and its header names no tensor that can be told`;
  for (const { name, start, end } of header.entries) {
    if (end > bytes.length) return `tensor "${name}" in ${file} is truncated`;
    const isWhole = sha256([bytes.subarray(start, end)]) === manifest.tensors[name]?.sha256;
    if (!isWhole) return `tensor "${name}" in ${file} does not match its checksum`;
  }
  return bytes.length === sizeBytes ? `the header of ${file} ${inWhole}` : `${file} ${inWhole}`;
}

function headerOf(bytes: Uint8Array): SafetensorsHeader | null {
  try {
    return readSafetensorsHeader(bytes);
  } catch {
    return null;
  }
}

export function damaged(problem: string, cause?: unknown): AppError {
  return new AppError("CORRUPT_CHECKPOINT", `The checkpoint is damaged: ${problem}.`, { cause });
}
