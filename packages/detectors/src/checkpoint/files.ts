// A checkpoint is one directory: tensors in safetensors files, where a training stood, and a manifest that seals them.
import { createHash } from "node:crypto";

export const MANIFEST_FILE = "manifest.json";
/** parameters and statistics */
export const WEIGHTS_FILE = "weights.safetensors";
/** the memory items, which are part of the model */
export const MEMORY_FILE = "memory.safetensors";
/** of a training: the moments of Adam */
export const OPTIMIZER_FILE = "optimizer.safetensors";
/** of a training: where it stood */
export const POSITION_FILE = "training.json";

/** A file to be written, in pieces that share the tensors' memory. */
export interface CheckpointFile {
  readonly name: string;
  readonly content: readonly Uint8Array[];
}

/** The directory of a stored checkpoint, named by the sha256 of its manifest. */
export interface CheckpointFolder {
  readonly hash: string;
  readonly names: readonly string[];
  /** the whole file, in memory that is the caller's */
  read(name: string): Promise<Uint8Array>;
}

export function sha256(pieces: readonly Uint8Array[]): string {
  const digest = createHash("sha256");
  for (const piece of pieces) digest.update(piece);
  return digest.digest("hex");
}
