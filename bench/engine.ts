// npm run bench:engine: how fast the engine trains and scores, against PyTorch and against the machine's own limit.
import { availableParallelism, cpus } from "node:os";
import { precisionSchema } from "@engram/core";
import type { DeviceId } from "@engram/engine";
import { Command, InvalidArgumentError, Option } from "commander";
import { type MeasuredRow, measureRow, type Plan, type Row } from "./engine/measure-row.ts";
import { whyNoPeer } from "./engine/processes.ts";
import { formatTable, type Result } from "./engine/table.ts";

const WORKS = ["train", "score"] as const;
const SIZES = [128, 256];
const PRECISIONS = precisionSchema.options.map((name) => name.toLowerCase());

interface Options {
  readonly json?: true;
  readonly size?: string;
  readonly work?: Row["work"];
  readonly repeat: number;
  readonly device: DeviceId;
  readonly peer: boolean;
  readonly precision: string;
}

const options = new Command("bench:engine")
  .description("Times training steps and scored frames of MNAD prediction, alternating with PyTorch.")
  .option("--json", "print one JSON object instead of a table")
  .addOption(new Option("--size <pixels>", "one size only").choices(SIZES.map(String)))
  .addOption(new Option("--work <work>", "one work only").choices([...WORKS]))
  .option("--repeat <rounds>", "rounds of each work", wholeNumber, 3)
  .option("--device <device>", "the device to measure", "onnx-cpu")
  .addOption(
    new Option("--precision <precision>", "of scoring; training is float32 always")
      .choices(PRECISIONS)
      .default("fp32"),
  )
  .option("--no-peer", "leave PyTorch out")
  .parse()
  .opts<Options>();
const result = await measure(options);
process.stdout.write(`${options.json ? JSON.stringify(result) : formatTable(result)}\n`);

async function measure({ size, work, repeat, device, peer, ...options }: Options): Promise<Result> {
  const report = (message: string) => process.stderr.write(`${message}\n`);
  const precision = precisionSchema.parse(options.precision.toUpperCase());
  if (precision !== "FP32" && work === "train") throw new Error("Training computes in float32 only.");
  const works = work ? [work] : precision === "FP32" ? WORKS : (["score"] as const);
  const missing = peer ? await whyNoPeer() : null;
  if (missing !== null) report(missing);
  const plan: Plan = {
    ...{ device, precision, threads: availableParallelism(), rounds: repeat, report },
    hasPeer: peer && missing === null,
  };
  const measured: MeasuredRow[] = [];
  for (const each of works) {
    for (const side of size ? [Number(size)] : SIZES) measured.push(await measureRow(plan, each, side));
  }
  const peakGflops = Math.max(...measured.map((row) => row.peakGflops));
  return {
    rows: measured.map(({ row }) => ({ ...row, shareOfPeak: row.gflops / peakGflops })),
    device: measured[0]!.ours,
    peer: measured[0]!.peer,
    processor: cpus()[0]!.model.trim(),
    threads: plan.threads,
    node: process.versions.node,
    rounds: repeat,
    peakGflops,
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("expected a whole number of at least 1");
}
