"use client";
import { hasGatedMemory } from "@engram/core";
import { type ScoringRunQuery, scoringRunQuery } from "@engram/sdk";
import Link from "next/link";
import { Badge } from "../../components/Badge.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Stack } from "../../components/Stack.tsx";
import { formatArchitecture, formatEnum, formatInstant } from "../../lib/format.ts";
import { datasetPath, jobPath } from "../../lib/route.ts";
import { useApiQuery } from "../../lib/use-api.ts";
import { SCORING_RUN_STATE_TONE } from "../job/job-state.ts";
import { EvaluationPanel } from "./EvaluationPanel.tsx";
import { EventPanel } from "./EventPanel.tsx";
import { MEMORY_MODE_NAMES, PRECISION_NAMES } from "./names.ts";
import { RunClipPanel } from "./RunClipPanel.tsx";
import { RunPicturePanel } from "./RunPicturePanel.tsx";

type ScoringRun = NonNullable<NonNullable<ScoringRunQuery["project"]>["scoringRun"]>;

export function ScoringRunDetail({ number }: { number: number }) {
  const query = useApiQuery(scoringRunQuery, { number });
  return (
    <QueryState query={query} what="scoring run">
      {({ project }) =>
        project?.scoringRun ? (
          <ScoringRunView run={project.scoringRun} />
        ) : (
          <Notice>There is no scoring run {number}, or it is not yours to see.</Notice>
        )
      }
    </QueryState>
  );
}

function ScoringRunView({ run }: { run: ScoringRun }) {
  const { datasetVersion, modelVersion } = run;
  return (
    <Stack>
      <PageHead
        title={`Run ${run.number}`}
        crumbs={[
          { title: "Data sets", href: "/datasets" },
          { title: datasetVersion.dataset.name, href: datasetPath(datasetVersion.dataset.slug) },
        ]}
        badge={<Badge tone={SCORING_RUN_STATE_TONE[run.state]}>{formatEnum(run.state)}</Badge>}
      >
        <Facts
          facts={[
            { name: "Model", value: `${modelVersion.model.name}, version ${modelVersion.number}` },
            { name: "Architecture", value: formatArchitecture(modelVersion.model.architecture) },
            { name: "Data", value: `${datasetVersion.dataset.name}, version ${datasetVersion.number}` },
            { name: "Precision", value: PRECISION_NAMES[run.precision] },
            ...(hasGatedMemory(modelVersion.model.architecture)
              ? [{ name: "Memory", value: MEMORY_MODE_NAMES[run.memory] }]
              : []),
            {
              name: "Policy",
              value: run.policy ? `${run.policy.name}, version ${run.policy.number}` : "none",
            },
            { name: "Job", value: <Link href={jobPath(run.job.number)}>{run.job.number}</Link> },
            { name: "Finished", value: formatInstant(run.finishedAt) },
          ]}
        />
      </PageHead>
      <EvaluationPanel run={run} />
      {datasetVersion.kind === "IMAGES" ? (
        <RunPicturePanel run={run} />
      ) : (
        <>
          <RunClipPanel number={run.number} />
          <EventPanel number={run.number} />
        </>
      )}
    </Stack>
  );
}
