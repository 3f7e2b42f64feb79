"use client";
import { type ScoringRunFieldsFragment, scoringRunClipsQuery } from "@engram/sdk";
import { QueryState } from "../../components/QueryState.tsx";
import { useApiList } from "../../lib/use-api.ts";
import { PictureGallery } from "../dataset/PictureGallery.tsx";

/** The pictures that a run scored. */
export function RunPicturePanel({ run }: { run: ScoringRunFieldsFragment }) {
  const query = useApiList(
    scoringRunClipsQuery,
    { number: run.number },
    (result) => result.project?.scoringRun?.clips,
  );
  return (
    <QueryState query={query} what="pictures">
      {(clips) => (
        <PictureGallery
          datasetVersionId={run.datasetVersion.id}
          folders={(clips ?? []).map(({ clip }) => clip)}
          run={run}
          split="TEST"
        />
      )}
    </QueryState>
  );
}
