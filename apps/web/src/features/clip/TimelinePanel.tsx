"use client";
import { clipTimelineQuery, type Lane, type TimelineFieldsFragment } from "@engram/sdk";
import { useMemo, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { formatCount } from "../../lib/format.ts";
import { useApiQuery } from "../../lib/use-api.ts";
import { LANE_NAME } from "../scoring-run/lane.ts";
import type { Clip, ClipRun } from "./ClipPage.tsx";
import { isWholeClip, panWindow, wholeClip, windowBetween, zoomWindow } from "./frame-window.ts";
import { LaneStrip } from "./LaneStrip.tsx";
import { TimelineLegend } from "./TimelineLegend.tsx";
import styles from "./TimelinePanel.module.css";
import type { FrameCursor } from "./use-frame-cursor.ts";

interface TimelinePanelProps {
  readonly run: ClipRun;
  readonly clip: Clip;
  readonly cursor: FrameCursor;
}

const MAX_POINTS = 1000;

export function TimelinePanel({ run, clip, cursor }: TimelinePanelProps) {
  const [rawLanes, setRawLanes] = useState<readonly Lane[]>([]);
  const { from, to } = cursor.window;
  const lanes: Lane[] = ["ABNORMALITY", ...rawLanes];
  const query = useApiQuery(
    clipTimelineQuery,
    { clipId: clip.id, scoringRunId: run.id, lanes, from, to, maxPoints: MAX_POINTS },
    { keepsPrevious: true },
  );
  return (
    <Panel
      title="Timeline"
      note={`frames ${formatCount(from)}–${formatCount(to)}`}
      actions={<ZoomControls cursor={cursor} frameCount={clip.frameCount} />}
    >
      <QueryState query={query} what="timeline">
        {({ node }) => {
          const timeline = node?.__typename === "Clip" ? node.timeline : null;
          if (!timeline) return <p>This run has not scored the clip.</p>;
          return <Strips timeline={timeline} lanes={lanes} cursor={cursor} frameCount={clip.frameCount} />;
        }}
      </QueryState>
      <LaneSelector
        lanes={run.lanes}
        selected={rawLanes}
        onToggle={(lane) =>
          setRawLanes(rawLanes.includes(lane) ? rawLanes.filter((one) => one !== lane) : [...rawLanes, lane])
        }
      />
    </Panel>
  );
}

interface StripsProps {
  readonly timeline: TimelineFieldsFragment;
  readonly lanes: readonly Lane[];
  readonly cursor: FrameCursor;
  readonly frameCount: number;
}

function Strips({ timeline, lanes, cursor, frameCount }: StripsProps) {
  const { from, to } = cursor.window;
  // The charts are drawn anew when these change: not with every step of the cursor.
  const window = useMemo(() => ({ from, to }), [from, to]);
  return (
    <div className={styles.strips}>
      <TimelineLegend timeline={timeline} />
      {lanes.map((lane) => (
        <LaneStrip
          key={lane}
          lane={lane}
          timeline={timeline}
          window={window}
          frame={cursor.frame}
          onFrame={cursor.goTo}
          onZoom={(start, end) => cursor.setWindow(windowBetween(start, end, frameCount))}
        />
      ))}
    </div>
  );
}

interface LaneSelectorProps {
  readonly lanes: readonly Lane[];
  readonly selected: readonly Lane[];
  readonly onToggle: (lane: Lane) => void;
}

function LaneSelector({ lanes, selected, onToggle }: LaneSelectorProps) {
  const raw = lanes.filter((lane) => lane !== "ABNORMALITY");
  if (raw.length === 0) return null;
  return (
    <fieldset className={styles.lanes}>
      <legend>Raw lanes</legend>
      {raw.map((lane) => (
        <Button key={lane} size="small" aria-pressed={selected.includes(lane)} onClick={() => onToggle(lane)}>
          {LANE_NAME[lane]}
        </Button>
      ))}
    </fieldset>
  );
}

function ZoomControls({ cursor, frameCount }: { cursor: FrameCursor; frameCount: number }) {
  const { window, frame, setWindow } = cursor;
  const isWhole = isWholeClip(window, frameCount);
  return (
    <>
      <Button size="small" onClick={() => setWindow(zoomWindow(window, 0.5, frame, frameCount))}>
        Zoom in
      </Button>
      <Button
        size="small"
        disabled={isWhole}
        onClick={() => setWindow(zoomWindow(window, 2, frame, frameCount))}
      >
        Zoom out
      </Button>
      <Button
        size="small"
        disabled={window.from === 0}
        onClick={() => setWindow(panWindow(window, -0.5, frameCount))}
      >
        Earlier
      </Button>
      <Button
        size="small"
        disabled={window.to >= frameCount - 1}
        onClick={() => setWindow(panWindow(window, 0.5, frameCount))}
      >
        Later
      </Button>
      <Button size="small" disabled={isWhole} onClick={() => setWindow(wholeClip(frameCount))}>
        Reset zoom
      </Button>
    </>
  );
}
