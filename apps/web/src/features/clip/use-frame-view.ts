"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useEngramClient } from "../../lib/Providers.tsx";
import type { Clip, ClipRun } from "./ClipPage.tsx";
import { type FrameSource, frameViewOptions } from "./frame-view.ts";

/** The frame as the run saw it. */
export function useFrameView(run: ClipRun, clip: Clip, frame: number) {
  return useQuery(frameViewOptions(useEngramClient(), useSource(run, clip), frame));
}

/** Fetches the `ahead` frames after one before they are asked for. */
export function useFramesAhead(run: ClipRun, clip: Clip, frame: number, ahead: number): void {
  const client = useEngramClient();
  const queryClient = useQueryClient();
  const source = useSource(run, clip);
  useEffect(() => {
    const last = Math.min(clip.frameCount - 1, frame + ahead);
    for (let next = frame + 1; next <= last; next++) {
      const { queryKey, queryFn, staleTime, gcTime } = frameViewOptions(client, source, next);
      if (queryFn) void queryClient.prefetchQuery({ queryKey, queryFn, staleTime, gcTime });
    }
  }, [client, queryClient, source, clip.frameCount, frame, ahead]);
}

function useSource(run: ClipRun, clip: Clip): FrameSource {
  return useMemo(
    () => ({ clip, scoringRunId: run.id, isComplete: run.state === "COMPLETE" }),
    [clip, run.id, run.state],
  );
}
