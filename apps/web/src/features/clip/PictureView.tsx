"use client";
import { type ErrorMapKind, eventsQuery } from "@engram/sdk";
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Facts } from "../../components/Facts.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { formatCount } from "../../lib/format.ts";
import { datasetPath, scoringRunPath } from "../../lib/route.ts";
import { useApiList } from "../../lib/use-api.ts";
import { SPLIT_NAME } from "../dataset/dataset-state.ts";
import type { Clip, ClipRun } from "./ClipPage.tsx";
import styles from "./ClipView.module.css";
import { FrameReadings } from "./FrameReadings.tsx";
import { FrameViewer } from "./FrameViewer.tsx";
import type { FrameView } from "./frame-view.ts";
import { HistogramPanel } from "./HistogramPanel.tsx";
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
  const [errorKind, setErrorKind] = useState<ErrorMapKind>("RAW");
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
  return (
    <div className={styles.page}>
      <PictureHead run={run} clip={clip} view={view.data} />
      <div className={styles.stage}>
        <div className={styles.viewer}>
          <FrameViewer
            clip={clip}
            threshold={run.maskThreshold ?? null}
            view={view.data}
            error={view.error}
            isBehind={view.data?.frame !== frame}
            errorKind={errorKind}
            onErrorKind={setErrorKind}
          />
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
        </div>
        <div className={styles.side}>
          <FrameReadings view={view.data} />
          <HistogramPanel
            view={view.data}
            threshold={run.maskThreshold ?? null}
            kind={errorKind}
            onKind={setErrorKind}
          />
        </div>
      </div>
    </div>
  );
}

function PictureHead({ run, clip, view }: PictureViewProps & { readonly view: FrameView | undefined }) {
  const { dataset, number } = run.datasetVersion;
  const picture = view && "value" in view.picture ? view.picture.value : null;
  return (
    <PageHead
      title={`${SPLIT_NAME[clip.split]} pictures, ${clip.name}`}
      crumbs={[
        { title: "Data sets", href: "/datasets" },
        { title: dataset.name, href: datasetPath(dataset.slug) },
        { title: `Run ${run.number}`, href: scoringRunPath(run.number) },
      ]}
    >
      <Facts
        facts={[
          { name: "Pictures", value: formatCount(clip.frameCount) },
          { name: "Size", value: picture ? `${picture.width} × ${picture.height}` : "—" },
          { name: "Model", value: `${run.modelVersion.model.name}, version ${run.modelVersion.number}` },
          { name: "Data", value: `${dataset.name}, version ${number}` },
        ]}
      />
    </PageHead>
  );
}
