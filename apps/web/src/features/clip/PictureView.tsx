"use client";
import { eventsQuery } from "@engram/sdk";
import { Button } from "../../components/Button.tsx";
import { formatCount } from "../../lib/format.ts";
import { useApiList } from "../../lib/use-api.ts";
import { SPLIT_NAME } from "../dataset/dataset-state.ts";
import { ClipHead } from "./ClipHead.tsx";
import type { Clip, ClipRun } from "./ClipPage.tsx";
import styles from "./ClipView.module.css";
import { FrameStage } from "./FrameStage.tsx";
import stepStyles from "./PictureView.module.css";
import { useFrameCursor } from "./use-frame-cursor.ts";
import { useFramesAhead, useFrameView } from "./use-frame-view.ts";
import { useShortcuts } from "./use-shortcuts.ts";

interface PictureViewProps {
  readonly run: ClipRun;
  readonly clip: Clip;
}

/** One picture of a set at a time: there is no time to lay it on, so there is no timeline. */
export function PictureView({ run, clip }: PictureViewProps) {
  const { frame, goTo } = useFrameCursor(clip.frameCount);
  const view = useFrameView(run, clip, frame);
  useFramesAhead(run, clip, frame, 1);
  const events = useApiList(
    eventsQuery,
    { number: run.number, clipId: clip.id },
    (result) => result.project?.scoringRun?.events,
  );
  const flagged = (events.data ?? []).map(({ peakFrame }) => peakFrame).sort((a, b) => a - b);
  const next = flagged.find((picture) => picture > frame);
  const previous = flagged.findLast((picture) => picture < frame);
  useShortcuts({
    ArrowRight: () => goTo(frame + 1),
    ArrowLeft: () => goTo(frame - 1),
    Home: () => goTo(0),
    End: () => goTo(clip.frameCount - 1),
    n: () => next !== undefined && goTo(next),
    p: () => previous !== undefined && goTo(previous),
  });
  const picture = view.data && "value" in view.data.picture ? view.data.picture.value : null;
  return (
    <div className={styles.page}>
      <ClipHead
        run={run}
        title={`${SPLIT_NAME[clip.split]} pictures, ${clip.name}`}
        facts={[
          { name: "Pictures", value: formatCount(clip.frameCount) },
          { name: "Size", value: picture ? `${picture.width} × ${picture.height}` : "—" },
        ]}
      />
      <FrameStage
        run={run}
        clip={clip}
        frame={frame}
        view={view}
        controls={
          <div className={stepStyles.steps} role="toolbar" aria-label="Pictures of the folder">
            <Button size="small" disabled={frame === 0} onClick={() => goTo(frame - 1)}>
              Previous
            </Button>
            <Button size="small" disabled={frame === clip.frameCount - 1} onClick={() => goTo(frame + 1)}>
              Next
            </Button>
            <span className={stepStyles.position}>
              {formatCount(frame + 1)} <span>of {formatCount(clip.frameCount)}</span>
            </span>
            <Button
              size="small"
              disabled={next === undefined}
              onClick={() => next !== undefined && goTo(next)}
            >
              Next flagged
            </Button>
            <span className={stepStyles.keys}>
              <kbd>←</kbd> <kbd>→</kbd> step, <kbd>N</kbd> <kbd>P</kbd> flagged pictures
            </span>
          </div>
        }
      />
    </div>
  );
}
