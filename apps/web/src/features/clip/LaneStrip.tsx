"use client";
import type { Lane, TimelineFieldsFragment } from "@engram/sdk";
import { useMemo, useState } from "react";
import { formatClock, UNKNOWN } from "../../lib/format.ts";
import { formatLane, LANE_MEANING, LANE_NAME } from "../scoring-run/lane.ts";
import styles from "./LaneStrip.module.css";
import { TimelineChart } from "./TimelineChart.tsx";
import { type FrameWindow, pointOfFrame, prepareLaneChart } from "./timeline-chart.ts";

interface LaneStripProps {
  readonly lane: Lane;
  readonly timeline: TimelineFieldsFragment;
  readonly window: FrameWindow;
  readonly frame: number;
  readonly onFrame: (frame: number) => void;
  readonly onZoom: (from: number, to: number) => void;
}

/** One lane of the timeline: its name, the value under the pointer, the curve. */
export function LaneStrip({ lane, timeline, window, frame, onFrame, onZoom }: LaneStripProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const chart = useMemo(() => prepareLaneChart(timeline, lane), [timeline, lane]);
  const marks = useMemo(
    () => ({
      window,
      gaps: timeline.gaps,
      events: timeline.events,
      groundTruth: timeline.groundTruth ?? null,
      thresholds: lane === "ABNORMALITY" ? thresholdsOf(timeline) : [],
    }),
    [timeline, window, lane],
  );
  return (
    <div>
      <div className={styles.head}>
        <span className={styles.name} title={LANE_MEANING[lane]}>
          {LANE_NAME[lane]}
        </span>
        <Readout timeline={timeline} lane={lane} frame={hovered ?? frame} />
      </div>
      {chart.domain === null ? (
        <p className={styles.missing}>
          {UNKNOWN} {chart.reason ?? "Nothing was scored in these frames."}
        </p>
      ) : (
        <TimelineChart
          chart={chart}
          marks={marks}
          frame={frame}
          height={lane === "ABNORMALITY" ? 190 : 116}
          label={`${LANE_NAME[lane]} over frames ${window.from} to ${window.to}`}
          onFrame={onFrame}
          onZoom={onZoom}
          onHover={setHovered}
        />
      )}
    </div>
  );
}

function thresholdsOf({ enterThreshold, leaveThreshold }: TimelineFieldsFragment) {
  return [
    { value: enterThreshold, isDashed: false },
    { value: leaveThreshold, isDashed: true },
  ].flatMap(({ value, isDashed }) => (value == null ? [] : [{ value, isDashed }]));
}

interface ReadoutProps {
  readonly timeline: TimelineFieldsFragment;
  readonly lane: Lane;
  readonly frame: number;
}

function Readout({ timeline, lane, frame }: ReadoutProps) {
  const { framesPerPoint, startFrame, ptsMs, lanes } = timeline;
  const point = pointOfFrame(startFrame, framesPerPoint, frame);
  const start = point === null ? frame : (startFrame[point] ?? frame);
  const column = lanes.find((one) => one.lane === lane);
  const at = (values: readonly (number | null)[] | undefined) =>
    formatLane(lane, point === null ? null : values?.[point]);
  const pts = point === null ? undefined : ptsMs?.[point];
  return (
    <span className={styles.readout}>
      {framesPerPoint === 1 ? `frame ${frame}` : `frames ${start}–${start + framesPerPoint - 1}`}
      {pts == null ? "" : `, ${formatClock(pts)}`}: <strong>{at(column?.mean)}</strong>
      {framesPerPoint === 1 ? null : ` (${at(column?.min)} to ${at(column?.max)})`}
    </span>
  );
}
