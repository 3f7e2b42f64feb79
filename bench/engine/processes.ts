// The processes of the benchmark. Only one of them runs at a time.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Order, Timing } from "./order.ts";
import type { OurOrder, OurTiming } from "./ours.ts";

const run = promisify(execFile);
const TSX_LOADER = import.meta.resolve("tsx");
const OURS = fileURLToPath(import.meta.resolve("./ours.ts"));
const PEER = fileURLToPath(import.meta.resolve("../peers/mnad_prediction.py"));
/** Debian's, which has python3-torch. */
const PYTHON = "/usr/bin/python3";

export async function runOurs(order: OurOrder): Promise<OurTiming> {
  const { stdout } = await run(process.execPath, ["--import", TSX_LOADER, OURS, JSON.stringify(order)]);
  return JSON.parse(stdout) as OurTiming;
}

export async function runPeer(order: Order): Promise<Timing> {
  const threads = String(order.threads);
  const env = { ...process.env, OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads };
  const { stdout } = await run(PYTHON, [PEER, JSON.stringify(order)], { env });
  return JSON.parse(stdout) as Timing;
}

/** Null where PyTorch is there, else the sentence that says what is missing. */
export async function whyNoPeer(): Promise<string | null> {
  try {
    await run(PYTHON, ["-c", "import torch"]);
    return null;
  } catch {
    return `PyTorch is not found by ${PYTHON}, so nothing is compared: apt-get install python3-torch libopenblas0-pthread`;
  }
}
