// The benchmark's result for people.
import type { Row } from "./measure-row.ts";

export interface Result {
  readonly rows: readonly Row[];
  readonly device: string;
  readonly peer: string | null;
  readonly processor: string;
  readonly threads: number;
  readonly node: string;
  readonly rounds: number;
  /** best of all rounds: float32 products of 2048×2048 matrices on the device */
  readonly peakGflops: number;
}

const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string])[] = [
  ["work", ({ work, precision }) => (precision === "FP32" ? work : `${work}, ${precision}`)],
  ["size", ({ size }) => `${size}×${size}`],
  ["batch", ({ batch }) => String(batch)],
  ["ours ms", ({ oursMs }) => oursMs.toFixed(0)],
  ["PyTorch ms", ({ peerMs }) => orDash(peerMs, (ms) => ms.toFixed(0))],
  ["ratio", ({ ratio }) => orDash(ratio, (value) => value.toFixed(2))],
  ["GFLOP/s", ({ gflops }) => gflops.toFixed(0)],
  ["of peak", ({ shareOfPeak }) => percent(shareOfPeak, 0)],
  ["memory MiB", ({ peakMemoryMb }) => peakMemoryMb.toFixed(0)],
  ["PyTorch MiB", ({ peerPeakMemoryMb }) => orDash(peerPeakMemoryMb, (mb) => mb.toFixed(0))],
  ["compile s", ({ compileMs }) => orDash(compileMs, (ms) => (ms / 1000).toFixed(1))],
  ["outside Run", ({ outsideRunShare }) => orDash(outsideRunShare, (share) => percent(share, 1))],
];

/** A Markdown table under lines that say what was measured and how. */
export function formatTable(result: Result): string {
  const cells = result.rows.map((row) => COLUMNS.map(([, cell]) => cell(row)));
  const widths = COLUMNS.map(([title], column) =>
    Math.max(...[title, ...cells.map((row) => row[column]!)].map((cell) => cell.length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padStart(widths[column]!)).join(" | ")} |`;
  const titles = COLUMNS.map(([title]) => title);
  return [
    "MNAD prediction, width 64, 10 items, colour frames, float32 where nothing else is said.",
    `Ours: ${result.device}. Peer: ${result.peer ?? "none"}. ${result.processor}, ${result.threads} threads, Node ${result.node}.`,
    `Peak: ${result.peakGflops.toFixed(0)} GFLOP/s, the best product of two 2048×2048 matrices on the device.`,
    `Time per step (scoring: per frame): median of a round, best of ${result.rounds} rounds in which ours and PyTorch take turns.`,
    "",
    line(titles),
    line(widths.map((width) => "-".repeat(width))),
    ...cells.map(line),
  ].join("\n");
}

function orDash(value: number | null, format: (value: number) => string): string {
  return value === null ? "–" : format(value);
}

function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}
