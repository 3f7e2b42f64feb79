// Memory over a long run, in processes of their own, whose collector can be called.
import { execFile } from "node:child_process";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { Readings, Work } from "./testing/memory-process.ts";

const PROCESS = fileURLToPath(new URL("./testing/memory-process.ts", import.meta.url));

/** Much more than a busy machine takes. */
const LIMIT_MS = 240_000;

async function watch(work: Work): Promise<Readings> {
  const args = ["--expose-gc", "--import", "tsx", PROCESS, work];
  const { stdout } = await promisify(execFile)(execPath, args, { encoding: "utf8" });
  return JSON.parse(stdout) as Readings;
}

// Over the 800 steps between the readings, the batch of each step alone (31 KB compiled, 4 KB eager) would be 24 and
// 3 MB, the state of each compiled step half a gigabyte. What a collected heap may keep is under a megabyte; the
// resident set is allowed what allocators keep back.
it.each([
  ["compiled", "steps, compiled"],
  ["eager", "steps, eager"],
] as const)(
  "1,000 steps leave no tensor and no memory behind, %s",
  async (_, work) => {
    const { before, early, late, after } = await watch(work);
    expect(late.tensors).toBe(early.tensors);
    expect(after.tensors).toBe(before.tensors);
    expect(late.heapMb).toBeLessThan(early.heapMb + 1);
    expect(late.residentMb).toBeLessThan(early.residentMb + 16);
  },
  LIMIT_MS,
);

// 40 sessions kept alive would take 24 MB, 3 of them of JavaScript.
it.each([
  ["compiled", "programs, compiled"],
  ["eager", "programs, eager"],
] as const)(
  "50 programs, compiled, run and disposed, leave nothing behind, %s",
  async (_, work) => {
    const { before, early, late } = await watch(work);
    expect([early.tensors, late.tensors]).toEqual([before.tensors, before.tensors]);
    expect(late.heapMb).toBeLessThan(early.heapMb + 1);
    expect(late.residentMb).toBeLessThan(early.residentMb + 12);
  },
  LIMIT_MS,
);
