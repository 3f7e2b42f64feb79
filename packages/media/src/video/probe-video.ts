// What a video holds, found by decoding it once: containers lie about frame counts and rates, and a packet is not
// always a frame.
import { AppError } from "@engram/core";
import { streamFfmpeg } from "./run-ffmpeg.ts";

export interface VideoProbe {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  /** presentation time of each frame in ms, as the container has it; the first need not be 0 */
  readonly ptsMs: Float64Array;
  /** frames per second between the first and the last frame; null for a single one */
  readonly frameRate: number | null;
  readonly isVariableFrameRate: boolean;
  /** what the decoder complained of while it went on: one sentence, or null */
  readonly complaint: string | null;
}

/** A line of frame checksums takes 60 bytes: enough for 3 million frames, a day at 30 per second. */
const MAX_LISTING_BYTES = 200_000_000;

/** @throws AppError DECODE_FAILED naming the file */
export async function probeVideo(
  path: string,
  options: { readonly name: string; readonly signal?: AbortSignal },
): Promise<VideoProbe> {
  const listing = new FrameListing();
  let complaint: string | null = null;
  let rest = "";
  for await (const chunk of streamFfmpeg({
    ...options,
    path,
    output: ["-f", "framecrc"],
    maxOutputBytes: MAX_LISTING_BYTES,
    onComplaint: (sentence) => {
      complaint = sentence;
    },
  })) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) listing.add(line);
  }
  listing.add(rest);
  const { width, height, ptsMs, tickMs } = listing.finish(options.name);
  return { width, height, frameCount: ptsMs.length, ptsMs, ...describeRate(ptsMs, tickMs), complaint };
}

/** The framecrc format: `#tb 0: 1/60`, `#dimensions 0: 320x240`, then `0, dts, pts, duration, size, checksum`. */
class FrameListing {
  #tickMs = Number.NaN;
  #size: { width: number; height: number } | null = null;
  readonly #ticks: number[] = [];

  add(line: string): void {
    const timeBase = /^#tb 0: (\d+)\/(\d+)/.exec(line);
    if (timeBase !== null) this.#tickMs = (1000 * Number(timeBase[1])) / Number(timeBase[2]);
    const dimensions = /^#dimensions 0: (\d+)x(\d+)/.exec(line);
    if (dimensions !== null) this.#size = { width: Number(dimensions[1]), height: Number(dimensions[2]) };
    if (line.startsWith("0,")) this.#ticks.push(Number.parseInt(line.split(",")[2] ?? "", 10));
  }

  finish(name: string) {
    if (this.#ticks.length === 0 || this.#size === null) {
      throw new AppError("DECODE_FAILED", `${name} cannot be decoded: it holds no frame.`);
    }
    const tickMs = this.#tickMs;
    const ptsMs = Float64Array.from(this.#ticks, (tick) => tick * tickMs);
    if (!ptsMs.every(Number.isFinite)) {
      throw new AppError(
        "DECODE_FAILED",
        `${name} cannot be decoded: its frames have no presentation times.`,
      );
    }
    return { ...this.#size, ptsMs, tickMs };
  }
}

/**
 * Frame rate (frames − 1) / (last − first), and whether some interval strays from the median by more than a tenth of
 * it and by more than one tick of the container's clock (coarse clocks make even intervals look uneven).
 */
export function describeRate(
  ptsMs: Float64Array,
  tickMs: number,
): { frameRate: number | null; isVariableFrameRate: boolean } {
  if (ptsMs.length < 2) return { frameRate: null, isVariableFrameRate: false };
  const intervals = Float64Array.from({ length: ptsMs.length - 1 }, (_, i) => ptsMs[i + 1]! - ptsMs[i]!);
  const median = intervals.toSorted()[intervals.length >> 1]!;
  const tolerance = Math.max(median / 10, tickMs * 1.001);
  const span = ptsMs.at(-1)! - ptsMs[0]!;
  return {
    frameRate: span > 0 ? (1000 * intervals.length) / span : null,
    isVariableFrameRate: intervals.some((interval) => Math.abs(interval - median) > tolerance),
  };
}
