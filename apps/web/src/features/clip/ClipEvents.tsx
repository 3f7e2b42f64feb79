import type { EventsQuery } from "@engram/sdk";
import { Button } from "../../components/Button.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Table } from "../../components/Table.tsx";
import { formatQuantity, formatScore } from "../../lib/format.ts";
import { ScoreMeter } from "../scoring-run/ScoreMeter.tsx";
import { TruthBadge } from "../scoring-run/TruthBadge.tsx";

type ClipEvent = NonNullable<NonNullable<EventsQuery["project"]>["scoringRun"]>["events"]["nodes"][number];

interface ClipEventsProps {
  readonly query: {
    readonly data: ClipEvent[] | null | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly frame: number;
  readonly onFrame: (frame: number) => void;
}

export function ClipEvents({ query, frame, onFrame }: ClipEventsProps) {
  return (
    <Panel title="Events" note={query.data ? formatQuantity(query.data.length, "event") : undefined} isFlush>
      <QueryState query={query} what="events">
        {(events) => (
          <Table
            caption="Events of this clip"
            rows={events ?? []}
            rowKey={(event) => event.id}
            isCurrent={({ startFrame, endFrame }) => frame >= startFrame && frame <= endFrame}
            empty="The policy raised no event in this clip."
            columns={[
              {
                title: "Frames",
                cell: ({ startFrame, endFrame, peakFrame }) => (
                  <Button
                    size="small"
                    aria-label={`Go to the peak of the event in frames ${startFrame} to ${endFrame}`}
                    onClick={() => onFrame(peakFrame)}
                  >
                    {startFrame}–{endFrame}
                  </Button>
                ),
              },
              { title: "Peak abnormality", cell: (event) => <ScoreMeter score={event.peakAbnormality} /> },
              { title: "Peak frame", isNumber: true, cell: (event) => event.peakFrame },
              {
                title: "Mean",
                isNumber: true,
                isSecondary: true,
                cell: (event) => formatScore(event.meanAbnormality),
              },
              {
                title: "Length",
                isNumber: true,
                isSecondary: true,
                cell: ({ startFrame, endFrame }) => formatQuantity(endFrame - startFrame + 1, "frame"),
              },
              {
                title: "Ground truth",
                cell: (event) => <TruthBadge isTruePositive={event.isTruePositive ?? null} />,
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
