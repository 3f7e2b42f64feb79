// One row of the table: the same work, here and in PyTorch, taking turns because a machine's speed drifts.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Precision } from "@engram/core";
import type { DeviceId } from "@engram/engine";
import { median } from "@engram/numerics";
import type { Order, Timing, Work } from "./order.ts";
import type { OurTiming } from "./ours.ts";
import { runOurs, runPeer } from "./processes.ts";
import { flopsPerStep } from "./workload.ts";

export interface Plan {
  readonly device: DeviceId;
  readonly precision: Precision;
  readonly threads: number;
  readonly rounds: number;
  readonly hasPeer: boolean;
  report(message: string): void;
}

export interface Row {
  readonly work: Exclude<Work, "peak">;
  readonly precision: Precision;
  readonly size: number;
  readonly batch: number;
  /** per step, scoring: per frame. A round counts by its median, a row by its best round */
  readonly oursMs: number;
  readonly peerMs: number | null;
  readonly ratio: number | null;
  readonly gflops: number;
  /** of the machine's peak, as measured in the same run */
  readonly shareOfPeak: number;
  readonly peakMemoryMb: number;
  readonly peerPeakMemoryMb: number | null;
  /** tracing and session creation; null on a device that does not compile */
  readonly compileMs: number | null;
  /** share of a step spent outside ONNX Runtime's `Run`; null on a device without it */
  readonly outsideRunShare: number | null;
  readonly oursRoundsMs: readonly number[];
  readonly peerRoundsMs: readonly number[];
}

export interface MeasuredRow {
  /** shareOfPeak needs the peak of the whole run */
  readonly row: Omit<Row, "shareOfPeak">;
  readonly peakGflops: number;
  readonly ours: string;
  readonly peer: string | null;
}

const BATCH = { train: 4, score: 1 } as const;
const LEAST_SECONDS = 6;

export async function measureRow(plan: Plan, work: Row["work"], size: number): Promise<MeasuredRow> {
  const batch = BATCH[work];
  const order = {
    work,
    precision: plan.precision,
    size,
    batch,
    threads: plan.threads,
    warmUpSteps: 2,
    leastSteps: 3,
    leastSeconds: LEAST_SECONDS,
  };
  const ours: OurTiming[] = [];
  const peer: Timing[] = [];
  const peaks: number[] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    const name = `${work} ${size}×${size}, round ${round} of ${plan.rounds}`;
    peaks.push(await measurePeak(plan));
    plan.report(`${name}: a matrix product at ${peaks.at(-1)!.toFixed(0)} GFLOP/s`);
    ours.push(await runOurs({ ...order, device: plan.device, profilePrefix: null }));
    plan.report(`${name}: ours ${roundMs(ours.at(-1)!).toFixed(0)} ms`);
    if (!plan.hasPeer) continue;
    peer.push(await runPeer(order));
    plan.report(`${name}: PyTorch ${roundMs(peer.at(-1)!).toFixed(0)} ms`);
  }
  requireSameNetwork([...ours, ...peer]);
  const [oursRoundsMs, peerRoundsMs] = [ours.map(roundMs), peer.map(roundMs)];
  const oursMs = Math.min(...oursRoundsMs);
  const peerMs = plan.hasPeer ? Math.min(...peerRoundsMs) : null;
  const row = {
    ...{
      work,
      precision: plan.precision,
      size,
      batch,
      oursMs,
      peerMs,
      ratio: peerMs === null ? null : oursMs / peerMs,
    },
    gflops: flopsPerStep(order) / oursMs / 1e6,
    peakMemoryMb: largestMemory(ours),
    peerPeakMemoryMb: plan.hasPeer ? largestMemory(peer) : null,
    compileMs: shortestCompile(ours),
    outsideRunShare: await measureOutsideRun(plan, order),
    ...{ oursRoundsMs, peerRoundsMs },
  };
  return {
    row,
    peakGflops: Math.max(...peaks),
    ours: ours[0]!.description,
    peer: peer[0]?.description ?? null,
  };
}

async function measurePeak({ device, threads }: Plan): Promise<number> {
  const order = {
    work: "peak",
    precision: "FP32",
    size: 0,
    batch: 1,
    threads,
    warmUpSteps: 2,
    leastSteps: 10,
    leastSeconds: 1,
  } as const;
  const { stepMs } = await runOurs({ ...order, device, profilePrefix: null });
  return flopsPerStep(order) / Math.min(...stepMs) / 1e6;
}

/** In a process of its own, since tracing every node slows a run a little. */
async function measureOutsideRun(plan: Plan, order: Order): Promise<number | null> {
  if (!plan.device.startsWith("onnx-")) return null;
  const folder = await mkdtemp(join(tmpdir(), "engram-bench-"));
  try {
    const timing = await runOurs({ ...order, device: plan.device, profilePrefix: join(folder, "run") });
    return timing.outsideRunShare;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function roundMs({ stepMs }: Timing): number {
  const { value } = median(stepMs);
  if (value === null) throw new Error("A round without a step has no time.");
  return value;
}

function requireSameNetwork(timings: readonly Timing[]): void {
  const counts = new Set(timings.map(({ parameterCount }) => parameterCount));
  if (counts.size > 1)
    throw new Error(`Networks of ${[...counts].join(" and ")} parameters cannot be compared.`);
}

function largestMemory(timings: readonly Timing[]): number {
  return Math.max(...timings.map(({ peakMemoryMb }) => peakMemoryMb));
}

function shortestCompile(timings: readonly Timing[]): number | null {
  const times = timings.flatMap(({ compileMs }) => (compileMs === null ? [] : [compileMs]));
  return times.length === 0 ? null : Math.min(...times);
}
