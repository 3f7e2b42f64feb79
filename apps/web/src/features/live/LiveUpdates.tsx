"use client";
// The one subscription of the app: keeps every answer at hand up to date, and says whether it can.
import { EngramApiError, type JobQuery, type JobsQuery, type ProjectEvent } from "@engram/sdk";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useEngramClient } from "../../lib/Providers.tsx";
import { mergeJob, mergeJobIntoList, TOUCHED_BY_PROGRESS, TOUCHED_BY_STATE } from "./job-events.ts";
import styles from "./LiveUpdates.module.css";

const RESULTS_INTERVAL_MS = 3000;

type Connection = "connecting" | "live" | "lost" | "refused";
const CONNECTION_TEXT: Readonly<Record<Connection, string>> = {
  connecting: "Connecting …",
  live: "Live",
  lost: "Reconnecting …",
  refused: "Not live",
};

export function LiveUpdates({ projectId }: { projectId: string }) {
  const client = useEngramClient();
  const queryClient = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => {
    const control = new AbortController();
    const apply = createApplier(queryClient);
    let wasLost = false;
    const onConnection = (isConnected: boolean) => {
      setConnection(isConnected ? "live" : "lost");
      if (isConnected && wasLost) void queryClient.invalidateQueries();
      wasLost = !isConnected;
    };
    const follow = async () => {
      const events = client.projectEvents(projectId, { signal: control.signal, onConnection });
      for await (const event of events) apply(event);
    };
    follow().catch((err: unknown) => {
      if (control.signal.aborted) return;
      setConnection("refused");
      const isSignedOut = err instanceof EngramApiError && err.code === "UNAUTHENTICATED";
      if (isSignedOut) void queryClient.invalidateQueries({ queryKey: ["Viewer"] });
    });
    return () => control.abort();
  }, [client, queryClient, projectId]);
  return (
    <span className={styles.live} data-connection={connection} role="status">
      {CONNECTION_TEXT[connection]}
    </span>
  );
}

function createApplier(queryClient: QueryClient): (event: ProjectEvent) => void {
  const lastStates = new Map<string, string>();
  const lastResultsAt = new Map<string, number>();
  const refresh = (operations: readonly string[]) => {
    for (const operation of operations) void queryClient.invalidateQueries({ queryKey: [operation] });
  };
  return ({ job }) => {
    queryClient.setQueriesData<JobsQuery>({ queryKey: ["Jobs"] }, (old) => old && mergeJobIntoList(old, job));
    queryClient.setQueriesData<JobQuery>({ queryKey: ["Job"] }, (old) =>
      old?.project?.job ? { ...old, project: { ...old.project, job: mergeJob(old.project.job, job) } } : old,
    );
    if (lastStates.get(job.id) !== job.state) {
      lastStates.set(job.id, job.state);
      refresh(TOUCHED_BY_STATE[job.kind]);
      return;
    }
    const now = performance.now();
    if (now - (lastResultsAt.get(job.id) ?? Number.NEGATIVE_INFINITY) < RESULTS_INTERVAL_MS) return;
    lastResultsAt.set(job.id, now);
    refresh(TOUCHED_BY_PROGRESS[job.kind]);
  };
}
