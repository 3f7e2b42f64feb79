// A timeline as the API gives it, made ready to draw: columns for one lane, gaps as gaps, intervals cut to the window.
import type { Lane, TimelineFieldsFragment } from "@engram/sdk";

export interface FrameWindow {
  /** first and last frame, both inside */
  readonly from: number;
  readonly to: number;
}

export interface LaneChart {
  readonly lane: Lane;
  /** middle of each point's frames */
  readonly x: number[];
  readonly mean: (number | null)[];
  /** null where a point is a single frame: there is no spread to show */
  readonly band: { readonly min: (number | null)[]; readonly max: (number | null)[] } | null;
  /** points without a scored neighbour, which a line cannot show */
  readonly isolated: number[];
  /** y axis: [0, 1] for abnormality, the lane's own extent otherwise; null where nothing is known */
  readonly domain: readonly [number, number] | null;
  /** why nothing is known */
  readonly reason: string | null;
}

export function prepareLaneChart(timeline: TimelineFieldsFragment, lane: Lane): LaneChart {
  const column = timeline.lanes.find((one) => one.lane === lane);
  const half = (timeline.framesPerPoint - 1) / 2;
  const x = timeline.startFrame.map((frame) => frame + half);
  const of = (values: readonly (number | null)[] | undefined) => x.map((_, index) => known(values?.[index]));
  const mean = of(column?.mean);
  const min = of(column?.min);
  const max = of(column?.max);
  return {
    lane,
    x,
    mean,
    band: timeline.framesPerPoint > 1 ? { min, max } : null,
    isolated: isolatedIndices(mean),
    domain: domainOf(lane, min, max),
    reason: column ? (column.reason ?? null) : "this run did not store the lane",
  };
}

function known(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

export function isolatedIndices(values: readonly (number | null)[]): number[] {
  const has = (index: number) => (values[index] ?? null) !== null;
  return values.flatMap((_, index) => (has(index) && !has(index - 1) && !has(index + 1) ? [index] : []));
}

function domainOf(
  lane: Lane,
  min: readonly (number | null)[],
  max: readonly (number | null)[],
): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of min) if (value !== null) low = Math.min(low, value);
  for (const value of max) if (value !== null) high = Math.max(high, value);
  if (low > high) return null;
  if (lane === "ABNORMALITY") return [0, 1];
  if (high > low) return [low, high];
  const pad = Math.max(Math.abs(high) * 0.05, 1e-6);
  return [low - pad, high + pad];
}

export interface Interval {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** Intervals that reach into the window, as [left, right) in frame coordinates where frame f covers [f − ½, f + ½). */
export function clipIntervals(
  intervals: readonly Interval[] | null | undefined,
  { from, to }: FrameWindow,
): [number, number][] {
  return (intervals ?? [])
    .filter(({ startFrame, endFrame }) => endFrame >= from && startFrame <= to)
    .map(({ startFrame, endFrame }) => [
      Math.max(startFrame - 0.5, from - 0.5),
      Math.min(endFrame + 0.5, to + 0.5),
    ]);
}

/** The point that a frame belongs to; null outside of all points. `startFrame` ascends. */
export function pointOfFrame(
  startFrame: readonly number[],
  framesPerPoint: number,
  frame: number,
): number | null {
  let low = 0;
  let high = startFrame.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startFrame[middle]! <= frame) low = middle + 1;
    else high = middle;
  }
  const index = low - 1;
  const start = startFrame[index];
  return start !== undefined && frame < start + framesPerPoint ? index : null;
}
