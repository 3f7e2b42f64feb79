"use client";
import { eventsQuery } from "@engram/sdk";
import { formatCount, formatSignificant } from "../../lib/format.ts";
import { useApiList } from "../../lib/use-api.ts";
import { SPLIT_NAME } from "../dataset/dataset-state.ts";
import { ClipEvents } from "./ClipEvents.tsx";
import { ClipHead } from "./ClipHead.tsx";
import type { Clip, ClipRun } from "./ClipPage.tsx";
import styles from "./ClipView.module.css";
import { FrameStage } from "./FrameStage.tsx";
import { TimelinePanel } from "./TimelinePanel.tsx";
import { Transport } from "./Transport.tsx";
import { useFrameCursor } from "./use-frame-cursor.ts";
import { useFramesAhead, useFrameView } from "./use-frame-view.ts";
import { usePlayback } from "./use-playback.ts";
import { useShortcuts } from "./use-shortcuts.ts";

interface ClipViewProps {
  readonly run: ClipRun;
  readonly clip: Clip;
}

/** Frames fetched ahead while playing. */
const AHEAD = 4;

export function ClipView({ run, clip }: ClipViewProps) {
  const cursor = useFrameCursor(clip.frameCount);
  const { frame, goTo } = cursor;
  const view = useFrameView(run, clip, frame);
  const playback = usePlayback({
    frame,
    frameCount: clip.frameCount,
    frameRate: clip.frameRate,
    isShown: view.data?.frame === frame || view.isError,
    onFrame: goTo,
  });
  useFramesAhead(run, clip, frame, playback.isPlaying ? AHEAD : 1);
  const events = useApiList(
    eventsQuery,
    { number: run.number, clipId: clip.id },
    (result) => result.project?.scoringRun?.events,
  );
  useClipShortcuts(clip.frameCount, frame, goTo, playback.toggle, events.data ?? []);
  return (
    <div className={styles.page}>
      <ClipHead
        run={run}
        title={`${SPLIT_NAME[clip.split]} clip ${clip.name}`}
        facts={[
          { name: "Frames", value: formatCount(clip.frameCount) },
          { name: "Size", value: `${clip.width} × ${clip.height}` },
          { name: "Frames per second", value: formatSignificant(clip.frameRate) },
        ]}
      />
      <FrameStage
        run={run}
        clip={clip}
        frame={frame}
        view={view}
        controls={
          <Transport
            frame={frame}
            frameCount={clip.frameCount}
            isPlaying={playback.isPlaying}
            onToggle={playback.toggle}
            onFrame={(next) => {
              playback.pause();
              goTo(next);
            }}
          />
        }
        timeline={<TimelinePanel run={run} clip={clip} cursor={cursor} />}
      />
      <ClipEvents query={events} frame={frame} onFrame={goTo} />
    </div>
  );
}

function useClipShortcuts(
  frameCount: number,
  frame: number,
  goTo: (frame: number) => void,
  togglePlay: () => void,
  events: readonly { readonly peakFrame: number }[],
): void {
  const peaks = events.map(({ peakFrame }) => peakFrame).sort((a, b) => a - b);
  const jump = (peak: number | undefined) => peak !== undefined && goTo(peak);
  useShortcuts({
    ArrowRight: () => goTo(frame + 1),
    ArrowLeft: () => goTo(frame - 1),
    "Shift+ArrowRight": () => goTo(frame + 10),
    "Shift+ArrowLeft": () => goTo(frame - 10),
    Home: () => goTo(0),
    End: () => goTo(frameCount - 1),
    " ": togglePlay,
    n: () => jump(peaks.find((peak) => peak > frame)),
    p: () => jump(peaks.findLast((peak) => peak < frame)),
  });
}
