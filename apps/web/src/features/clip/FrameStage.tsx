"use client";
import type { ErrorMapKind } from "@engram/sdk";
import { type ReactNode, useState } from "react";
import type { Clip, ClipRun } from "./ClipPage.tsx";
import { FrameReadings } from "./FrameReadings.tsx";
import styles from "./FrameStage.module.css";
import { FrameViewer } from "./FrameViewer.tsx";
import { HistogramPanel } from "./HistogramPanel.tsx";
import type { useFrameView } from "./use-frame-view.ts";

interface FrameStageProps {
  readonly run: ClipRun;
  readonly clip: Clip;
  readonly frame: number;
  readonly view: ReturnType<typeof useFrameView>;
  /** what moves from frame to frame, below the picture */
  readonly controls: ReactNode;
  /** across the whole width, below both */
  readonly timeline?: ReactNode;
}

/** A frame with its error map, and beside it what was measured in it. */
export function FrameStage({ run, clip, frame, view, controls, timeline }: FrameStageProps) {
  const [errorKind, setErrorKind] = useState<ErrorMapKind>("RAW");
  const threshold = run.maskThreshold ?? null;
  return (
    <div className={styles.stage}>
      <div className={styles.viewer}>
        <FrameViewer
          clip={clip}
          threshold={threshold}
          view={view.data}
          error={view.error}
          isBehind={view.data?.frame !== frame}
          errorKind={errorKind}
          onErrorKind={setErrorKind}
        />
        {controls}
      </div>
      <div className={styles.side}>
        <FrameReadings view={view.data} />
        <HistogramPanel view={view.data} threshold={threshold} kind={errorKind} onKind={setErrorKind} />
      </div>
      {timeline && <div className={styles.timeline}>{timeline}</div>}
    </div>
  );
}
