// A process that measures one work on a device of the engine, alone, so that its peak memory is that work's. Takes an
// order as its argument and prints the timing as JSON.
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type CompileOptions, type Device, type DeviceId, openDevice, type Program } from "@engram/engine";
import type { Order, Timing } from "./order.ts";
import { batchFor, type Workload, workload } from "./workload.ts";

export interface OurOrder extends Order {
  readonly device: DeviceId;
  /** where given, ONNX Runtime's own trace is written there and read */
  readonly profilePrefix: string | null;
}

export interface OurTiming extends Timing {
  /** share of the steps' time that passed outside ONNX Runtime's `Run`; null where it was not traced */
  readonly outsideRunShare: number | null;
}

/** What the ranges are does not change the time. */
const CALIBRATION_RUNS = 2;

process.stdout.write(JSON.stringify(await measure(JSON.parse(process.argv[2]!) as OurOrder)));

async function measure(order: OurOrder): Promise<OurTiming> {
  const { threads, profilePrefix } = order;
  const options = { threads, ...(profilePrefix && { profilePrefix }) };
  const device = await openDevice(order.device, options);
  const work = workload(order);
  const { program, compileMs } = await compile(device, work, order);
  const { stepMs, allMs } = await timeSteps(order, work, program);
  await program.dispose();
  await device.dispose();
  return {
    description: device.description,
    stepMs,
    compileMs: device.kind === "compiled" ? compileMs : null,
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
    parameterCount: work.parameterCount,
    outsideRunShare:
      profilePrefix === null ? null : await outsideRunShare(profilePrefix, allMs, stepMs.length),
  };
}

async function compile(device: Device, { step, scalars, initialState }: Workload, { precision }: Order) {
  async function* calibration() {
    for (let run = 0; run < CALIBRATION_RUNS; run++) yield { batch: batchFor(step), scalars };
  }
  const options: CompileOptions =
    precision === "INT8" ? { precision, calibration: calibration() } : { precision };
  const state = initialState();
  const started = performance.now();
  const program = await device.compile(step, state, options);
  return { program, compileMs: performance.now() - started };
}

async function timeSteps(order: Order, work: Workload, program: Program) {
  const batch = batchFor(work.step);
  const allMs: number[] = [];
  let timedMs = 0;
  const isEnough = () =>
    allMs.length >= order.warmUpSteps + order.leastSteps && timedMs >= 1000 * order.leastSeconds;
  while (!isEnough()) {
    const scalars =
      "stepNumber" in work.scalars ? { ...work.scalars, stepNumber: allMs.length + 1 } : work.scalars;
    const started = performance.now();
    await program.run(batch, scalars);
    const ms = performance.now() - started;
    if (allMs.length >= order.warmUpSteps) timedMs += ms;
    allMs.push(ms);
  }
  return { allMs, stepMs: allMs.slice(order.warmUpSteps) };
}

/** 1 − (time inside `Run`) / (time of the program's `run`), over the timed steps, by the trace of ONNX Runtime. */
async function outsideRunShare(prefix: string, allMs: readonly number[], timed: number): Promise<number> {
  const folder = dirname(prefix);
  const names = (await readdir(folder)).filter((name) => name.startsWith(basename(prefix)));
  for (const name of names) {
    const events = JSON.parse(await readFile(join(folder, name), "utf8")) as { name: string; dur: number }[];
    const insideMs = events.filter((event) => event.name === "model_run").map(({ dur }) => dur / 1000);
    // The probe of the device has a trace of its own, of one run.
    if (insideMs.length === allMs.length) return 1 - sum(insideMs.slice(-timed)) / sum(allMs.slice(-timed));
  }
  throw new Error(`ONNX Runtime left no trace of ${allMs.length} runs under ${prefix}.`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
