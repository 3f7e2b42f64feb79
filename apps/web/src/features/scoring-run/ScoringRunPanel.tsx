"use client";
import { type ScoringRunsQuery, scoringRunsQuery } from "@engram/sdk";
import Link from "next/link";
import { Badge } from "../../components/Badge.tsx";
import { MeasuredValue } from "../../components/MeasuredValue.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatEnum, formatInstant } from "../../lib/format.ts";
import { scoringRunPath } from "../../lib/route.ts";
import { useApiList } from "../../lib/use-api.ts";
import { SCORING_RUN_STATE_TONE } from "../job/job-state.ts";

type ScoringRun = NonNullable<ScoringRunsQuery["project"]>["scoringRuns"]["nodes"][number];

interface ScoringRunPanelProps {
  readonly datasetSlug: string;
  readonly isImages: boolean;
}

export function ScoringRunPanel({ datasetSlug, isImages }: ScoringRunPanelProps) {
  const query = useApiList(scoringRunsQuery, { datasetSlug }, (result) => result.project?.scoringRuns);
  return (
    <Panel title="Scoring runs" isFlush>
      <QueryState query={query} what="scoring runs">
        {(runs) => (
          <Table
            caption="Scoring runs of this data set"
            columns={columns(isImages)}
            rows={runs ?? []}
            rowKey={(run) => run.id}
            empty="Not scored yet."
          />
        )}
      </QueryState>
    </Panel>
  );
}

const columns = (isImages: boolean): Column<ScoringRun>[] => [
  { title: "Run", cell: ({ number }) => <Link href={scoringRunPath(number)}>Run {number}</Link> },
  {
    title: "State",
    cell: ({ state }) => <Badge tone={SCORING_RUN_STATE_TONE[state]}>{formatEnum(state)}</Badge>,
  },
  { title: "Model", cell: ({ modelVersion: { model, number } }) => `${model.name}, version ${number}` },
  { title: "On version", isNumber: true, isSecondary: true, cell: (run) => run.datasetVersion.number },
  {
    title: isImages ? "Image AUROC" : "Frame AUROC",
    isNumber: true,
    cell: (run) => <MeasuredValue measured={run.evaluation?.frameAuroc} otherwise="not evaluated" />,
  },
  { title: "Finished", isNumber: true, isSecondary: true, cell: (run) => formatInstant(run.finishedAt) },
];
