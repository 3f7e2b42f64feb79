// The marks that uPlot does not know: stretches of frames behind the curve, thresholds and strips over it.
import type uPlot from "uplot";
import { clipIntervals, type FrameWindow, type Interval } from "./timeline-chart.ts";
import type { ThemeColors } from "./use-theme-colors.ts";

export interface TimelineMarks {
  readonly window: FrameWindow;
  readonly gaps: readonly Interval[];
  readonly events: readonly Interval[];
  readonly groundTruth: readonly Interval[] | null;
  readonly thresholds: readonly { readonly value: number; readonly isDashed: boolean }[];
}

const STRIP_PX = 5;

export function drawBehind(plot: uPlot, marks: TimelineMarks, colors: ThemeColors): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = hatchOf(ctx, colors.hatch);
  for (const [left, width] of spans(plot, marks.gaps, marks.window)) {
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
  ctx.fillStyle = colors.truthWash;
  for (const [left, width] of spans(plot, marks.groundTruth, marks.window)) {
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
  ctx.restore();
}

export function drawOver(plot: uPlot, marks: TimelineMarks, colors: ThemeColors): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = unit;
  ctx.strokeStyle = colors.alarm;
  for (const { value, isDashed } of marks.thresholds) {
    const y = Math.round(plot.valToPos(value, "y", true)) + 0.5;
    ctx.setLineDash(isDashed ? [2 * unit, 4 * unit] : [7 * unit, 4 * unit]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  const strip = STRIP_PX * unit;
  ctx.fillStyle = colors.alarm;
  for (const [left, width] of spans(plot, marks.events, marks.window)) {
    ctx.fillRect(left, bbox.top, Math.max(width, 2 * unit), strip);
  }
  ctx.fillStyle = colors.truth;
  for (const [left, width] of spans(plot, marks.groundTruth, marks.window)) {
    ctx.fillRect(left, bbox.top + bbox.height - strip, Math.max(width, 2 * unit), strip);
  }
  ctx.restore();
}

function spans(
  plot: uPlot,
  intervals: readonly Interval[] | null,
  window: FrameWindow,
): (readonly [left: number, width: number])[] {
  const { left, width } = plot.bbox;
  const keep = (x: number) => Math.min(left + width, Math.max(left, x));
  return clipIntervals(intervals, window).map(([from, to]) => {
    const start = keep(plot.valToPos(from, "x", true));
    return [start, keep(plot.valToPos(to, "x", true)) - start];
  });
}

function hatchOf(ctx: CanvasRenderingContext2D, color: string): CanvasPattern | string {
  const size = 7 * devicePixelRatio;
  const tile = new OffscreenCanvas(size, size);
  const brush = tile.getContext("2d");
  if (!brush) return color;
  brush.strokeStyle = color;
  brush.lineWidth = devicePixelRatio;
  brush.beginPath();
  brush.moveTo(-1, size + 1);
  brush.lineTo(size + 1, -1);
  brush.stroke();
  return ctx.createPattern(tile, "repeat") ?? color;
}
