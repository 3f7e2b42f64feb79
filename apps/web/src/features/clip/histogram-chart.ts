// A frame's error histogram made ready to draw: logarithmic on both axes, an empty bin has no bar.

export interface ErrorHistogramColumns {
  /** bin i counts errors in [edges[i], edges[i + 1]); the first edge may be 0 */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export interface HistogramBar {
  readonly count: number;
  readonly lowEdge: number;
  readonly highEdge: number;
  /** left and right in [0, 1] of the plot's width */
  readonly left: number;
  readonly right: number;
  /** in (0, 1] of the plot's height */
  readonly height: number;
}

export interface HistogramChart {
  readonly bars: readonly HistogramBar[];
  readonly pixels: number;
  readonly xTicks: readonly { readonly at: number; readonly label: string }[];
  readonly yTicks: readonly { readonly at: number; readonly label: string }[];
  /** where an error stands on the x axis, in [0, 1] */
  readonly xOf: (error: number) => number;
}

/** A single pixel stands this far above the axis, in decades. */
const FLOOR_DECADES = 0.3;
const TICK_EXPONENTS = [-10, -8, -6, -4, -2, 0];

/** null where the histogram is empty: nothing was measured. */
export function prepareHistogram({ edges, counts }: ErrorHistogramColumns): HistogramChart | null {
  const pixels = counts.reduce((sum, count) => sum + count, 0);
  const last = edges.at(-1);
  const first = edges[0] === 0 ? edges[1] : edges[0];
  if (pixels === 0 || edges.length !== counts.length + 1 || !first || !last) return null;
  // What lies below the first logarithmic edge gets one bin's width of its own.
  const below = edges[0] === 0 ? 1 / counts.length : 0;
  const decades = Math.log2(last / first);
  const xOf = (error: number) =>
    error < first ? below / 2 : below + (1 - below) * Math.min(1, Math.log2(error / first) / decades);
  const top = Math.ceil(Math.log10(Math.max(...counts)) + 0.05);
  const yOf = (count: number) => (Math.log10(count) + FLOOR_DECADES) / (top + FLOOR_DECADES);
  const bars = counts.flatMap((count, index): HistogramBar[] => {
    const [lowEdge, highEdge] = [edges[index]!, edges[index + 1]!];
    if (count === 0) return [];
    const left = lowEdge < first ? 0 : xOf(lowEdge);
    return [
      { count, lowEdge, highEdge, left, right: lowEdge < first ? below : xOf(highEdge), height: yOf(count) },
    ];
  });
  return {
    bars,
    pixels,
    xOf,
    xTicks: TICK_EXPONENTS.filter((power) => 2 ** power >= first && 2 ** power <= last).map((power) => ({
      at: xOf(2 ** power),
      label: power === 0 ? "1" : `1/${2 ** -power}`,
    })),
    yTicks: Array.from({ length: top + 1 }, (_, power) => ({
      at: yOf(10 ** power),
      label: tickLabel(power),
    })),
  };
}

function tickLabel(power: number): string {
  return power < 3 ? String(10 ** power) : power < 6 ? `${10 ** (power - 3)}k` : `${10 ** (power - 6)}M`;
}
