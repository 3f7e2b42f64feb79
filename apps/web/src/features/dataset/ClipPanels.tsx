"use client";
import { datasetClipsQuery } from "@engram/sdk";
import { QueryState } from "../../components/QueryState.tsx";
import { useApiList } from "../../lib/use-api.ts";
import { ClipTables } from "./ClipTables.tsx";
import { PictureGallery } from "./PictureGallery.tsx";

interface ClipPanelsProps {
  readonly slug: string;
  readonly datasetVersionId: string;
  readonly isImages: boolean;
  /** in which clips can be looked at */
  readonly run: { readonly id: string; readonly number: number } | null;
}

/** What is in a version: clips in tables, pictures in a gallery. */
export function ClipPanels({ slug, datasetVersionId, isImages, run }: ClipPanelsProps) {
  const query = useApiList(
    datasetClipsQuery,
    { slug },
    (result) => result.project?.dataset?.latestVersion?.clips,
  );
  return (
    <QueryState query={query} what="clips">
      {(clips) =>
        isImages ? (
          <PictureGallery datasetVersionId={datasetVersionId} folders={clips ?? []} run={run} />
        ) : (
          <ClipTables clips={clips ?? []} runNumber={run?.number} />
        )
      }
    </QueryState>
  );
}
