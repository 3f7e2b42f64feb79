"use client";
// One lane over the frames, drawn by uPlot: click to go to a frame, drag to look closer.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatSignificant } from "../../lib/format.ts";
import { drawBehind, drawOver, type TimelineMarks } from "./draw-timeline.ts";
import styles from "./TimelineChart.module.css";
import type { LaneChart } from "./timeline-chart.ts";
import { type ThemeColors, useThemeColors } from "./use-theme-colors.ts";

export interface TimelineChartProps {
  readonly chart: LaneChart;
  readonly marks: TimelineMarks;
  readonly frame: number;
  readonly height: number;
  readonly label: string;
  readonly onFrame: (frame: number) => void;
  readonly onZoom: (from: number, to: number) => void;
  /** the frame under the pointer; null when it leaves */
  readonly onHover: (frame: number | null) => void;
}

export function TimelineChart(props: TimelineChartProps) {
  const { chart, marks, frame, height, label } = props;
  const rootRef = useRef<HTMLDivElement>(null);
  const playheadRef = useRef<HTMLDivElement>(null);
  const plotRef = useRef<uPlot | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const colors = useThemeColors();

  useEffect(() => {
    const root = rootRef.current;
    if (!root || !colors) return;
    const place = () => placePlayhead(plotRef.current, playheadRef.current, latest.current.frame);
    const options = createOptions(root.clientWidth, height, chart, marks, colors, latest, place);
    const plot = new uPlot(options, dataOf(chart), root);
    plotRef.current = plot;
    place();
    const observer = new ResizeObserver(() => plot.setSize({ width: root.clientWidth, height }));
    observer.observe(root);
    return () => {
      observer.disconnect();
      plot.destroy();
      plotRef.current = null;
    };
  }, [chart, marks, colors, height]);

  useEffect(() => placePlayhead(plotRef.current, playheadRef.current, frame), [frame]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing with a text alternative, not a fieldset
    <div className={styles.chart} role="group" aria-label={label}>
      <div ref={rootRef} />
      <div ref={playheadRef} className={styles.playhead} aria-hidden="true" />
    </div>
  );
}

function dataOf({ x, mean, band }: LaneChart): uPlot.AlignedData {
  return band ? [x, mean, band.max, band.min] : [x, mean];
}

type Latest = { readonly current: TimelineChartProps };

function createOptions(
  width: number,
  height: number,
  chart: LaneChart,
  marks: TimelineMarks,
  colors: ThemeColors,
  latest: Latest,
  onLayout: () => void,
): uPlot.Options {
  const { window, thresholds } = marks;
  const [low, high] = chart.domain ?? [0, 1];
  const top = Math.max(high, ...thresholds.map(({ value }) => value));
  // Room for the strips of events and ground truth above and below the curve.
  const room = (top - low) * 0.07;
  const yRange: [number, number] = [low - room, top + room];
  return {
    width,
    height,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
    },
    scales: {
      x: { time: false, range: () => [window.from - 0.5, window.to + 0.5] },
      y: { range: () => yRange },
    },
    series: createSeries(chart, colors),
    ...(chart.band ? { bands: [{ series: [2, 3] as [number, number], fill: colors.signalBand }] } : {}),
    axes: createAxes(chart, colors),
    hooks: {
      drawClear: [(plot) => drawBehind(plot, marks, colors)],
      draw: [(plot) => drawOver(plot, marks, colors), onLayout],
      init: [(plot) => bindPointer(plot, latest)],
      setSelect: [(plot) => reportZoom(plot, latest)],
      setCursor: [
        (plot) => {
          const { left } = plot.cursor;
          latest.current.onHover(left === undefined || left < 0 ? null : frameAt(plot, left, latest));
        },
      ],
    },
  };
}

function createSeries(chart: LaneChart, colors: ThemeColors): uPlot.Series[] {
  const mean: uPlot.Series = {
    stroke: colors.signal,
    width: 1.5,
    points: { show: false, filter: () => chart.isolated, size: 4, fill: colors.signal },
  };
  // The edges are stroked as well: a spike of one frame stays visible when its band is a pixel wide.
  const edge: uPlot.Series = { stroke: colors.signal, width: 0.6, points: { show: false } };
  return chart.band ? [{}, mean, edge, edge] : [{}, mean];
}

function createAxes(chart: LaneChart, colors: ThemeColors): uPlot.Axis[] {
  const font = "11.5px ui-sans-serif, system-ui, sans-serif";
  const rule = { stroke: colors.line, width: 1 };
  const shared = { stroke: colors.inkFaint, font, grid: rule, ticks: { ...rule, size: 4 } };
  return [
    {
      ...shared,
      size: 26,
      incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6],
    },
    {
      ...shared,
      size: 62,
      space: 24,
      values: (_, splits) =>
        splits.map((value) => (chart.lane === "ABNORMALITY" ? value.toFixed(1) : formatSignificant(value))),
    },
  ];
}

function frameAt(plot: uPlot, left: number, latest: Latest): number {
  const { from, to } = latest.current.marks.window;
  return Math.min(to, Math.max(from, Math.round(plot.posToVal(left, "x"))));
}

function bindPointer(plot: uPlot, latest: Latest): void {
  // uPlot swallows the click that ends a drag: what arrives here is meant as a click.
  plot.over.addEventListener("click", () => {
    const { left } = plot.cursor;
    if (left !== undefined && left >= 0) latest.current.onFrame(frameAt(plot, left, latest));
  });
}

const SHORTEST_DRAG_PX = 5;

function reportZoom(plot: uPlot, latest: Latest): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (width >= SHORTEST_DRAG_PX) latest.current.onZoom(from, to);
}

function placePlayhead(plot: uPlot | null, playhead: HTMLDivElement | null, frame: number): void {
  if (!plot || !playhead) return;
  const x = plot.valToPos(frame, "x");
  const { left, top, width, height } = {
    left: plot.bbox.left / devicePixelRatio,
    top: plot.bbox.top / devicePixelRatio,
    width: plot.bbox.width / devicePixelRatio,
    height: plot.bbox.height / devicePixelRatio,
  };
  playhead.hidden = x < 0 || x > width;
  playhead.style.transform = `translate(${left + x}px, ${top}px)`;
  playhead.style.height = `${height}px`;
}
