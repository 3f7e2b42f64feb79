"use client";
import { type EventsQuery, eventsQuery } from "@engram/sdk";
import Link from "next/link";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount, formatQuantity, formatScore } from "../../lib/format.ts";
import { clipPath } from "../../lib/route.ts";
import { useApiList } from "../../lib/use-api.ts";
import { ScoreMeter } from "./ScoreMeter.tsx";
import { TruthBadge } from "./TruthBadge.tsx";

type Run = NonNullable<NonNullable<EventsQuery["project"]>["scoringRun"]>;
type RunEvent = Run["events"]["nodes"][number];

export function EventPanel({ number }: { number: number }) {
  const query = useApiList(eventsQuery, { number }, (result) => result.project?.scoringRun?.events);
  return (
    <Panel title="Events" note={query.data ? formatQuantity(query.data.length, "event") : undefined} isFlush>
      <QueryState query={query} what="events">
        {(events) => (
          <Table
            caption="Events of this run"
            columns={columns(number)}
            rows={events ?? []}
            rowKey={(event) => event.id}
            empty="The policy raised no event."
          />
        )}
      </QueryState>
    </Panel>
  );
}

function columns(number: number): Column<RunEvent>[] {
  return [
    {
      title: "Event",
      cell: ({ clip, startFrame, endFrame, peakFrame }) => (
        <Link href={clipPath(number, clip.split, clip.name, peakFrame)}>
          {clip.name}, frames {startFrame}–{endFrame}
        </Link>
      ),
    },
    { title: "Peak abnormality", cell: ({ peakAbnormality }) => <ScoreMeter score={peakAbnormality} /> },
    { title: "Mean", isNumber: true, isSecondary: true, cell: (event) => formatScore(event.meanAbnormality) },
    { title: "Peak frame", isNumber: true, isSecondary: true, cell: (event) => formatCount(event.peakFrame) },
    {
      title: "Length",
      isNumber: true,
      isSecondary: true,
      cell: ({ startFrame, endFrame }) => formatQuantity(endFrame - startFrame + 1, "frame"),
    },
    {
      title: "Ground truth",
      cell: ({ isTruePositive }) => <TruthBadge isTruePositive={isTruePositive ?? null} />,
    },
  ];
}
