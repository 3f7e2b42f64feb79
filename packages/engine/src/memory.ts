// How much memory the devices have.
import { execFile } from "node:child_process";
import { totalmem } from "node:os";
import { promisify } from "node:util";

const MEBIBYTE = 2 ** 20;
const ANSWER_WITHIN_MS = 10_000;

/** Of this machine, or of the container that the process is held in. */
export function hostMemoryBytes(): number {
  // Where nothing is limited it is 0, absent or larger than any machine.
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Of the first NVIDIA GPU; null where there is none, or no `nvidia-smi` to say so. */
export async function nvidiaMemoryBytes(): Promise<number | null> {
  const query = ["--query-gpu=memory.total", "--format=csv,noheader,nounits", "--id=0"];
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: ANSWER_WITHIN_MS });
    const mebibytes = Number(stdout.trim());
    return mebibytes > 0 ? mebibytes * MEBIBYTE : null;
  } catch {
    return null;
  }
}
