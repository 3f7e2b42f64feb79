"use client";
import { type ScoringRunClipQuery, type Split, scoringRunClipQuery } from "@engram/sdk";
import { Notice } from "../../components/Notice.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { useApiQuery } from "../../lib/use-api.ts";
import { ClipView } from "./ClipView.tsx";
import { PictureView } from "./PictureView.tsx";

export type ClipRun = NonNullable<NonNullable<ScoringRunClipQuery["project"]>["scoringRun"]>;
export type Clip = NonNullable<ClipRun["datasetVersion"]["clip"]>;

interface ClipPageProps {
  readonly runNumber: number;
  readonly split: Split;
  readonly name: string;
}

/** A clip as a scoring run saw it. */
export function ClipPage({ runNumber, split, name }: ClipPageProps) {
  const query = useApiQuery(scoringRunClipQuery, { number: runNumber, split, name });
  return (
    <QueryState query={query} what="clip">
      {({ project }) => {
        const run = project?.scoringRun;
        const clip = run?.datasetVersion.clip;
        if (!run || !clip) {
          return (
            <Notice>
              Run {runNumber} has no clip “{name}” there, or it is not yours to see.
            </Notice>
          );
        }
        if (clip.frameCount === 0) {
          return <Notice tone="warn">{clip.quarantineReason ?? "This clip has no frames."}</Notice>;
        }
        const View = clip.kind === "IMAGES" ? PictureView : ClipView;
        return <View key={`${run.id} ${clip.id}`} run={run} clip={clip} />;
      }}
    </QueryState>
  );
}
