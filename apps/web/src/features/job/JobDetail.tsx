"use client";
import { type JobQuery, jobQuery } from "@engram/sdk";
import { Badge } from "../../components/Badge.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Stack } from "../../components/Stack.tsx";
import { Table } from "../../components/Table.tsx";
import {
  formatCount,
  formatDuration,
  formatEnum,
  formatIdentifier,
  formatInstant,
  formatSignificant,
  UNKNOWN,
} from "../../lib/format.ts";
import { useApiQuery } from "../../lib/use-api.ts";
import { useNow } from "../../lib/use-now.ts";
import { ImportReportView } from "../dataset/ImportReportView.tsx";
import { HyperparameterPanel } from "../model/HyperparameterPanel.tsx";
import { ImportedWeights } from "../model/ImportedWeights.tsx";
import { CancelJobButton } from "./CancelJobButton.tsx";
import { JobLinks } from "./JobLinks.tsx";
import { JobProgressView } from "./JobProgressView.tsx";
import { elapsedMs, isFinished, JOB_STATE_TONE } from "./job-state.ts";
import { TrainingCurve, TrainingPanel } from "./TrainingCurve.tsx";

type Job = NonNullable<NonNullable<JobQuery["project"]>["job"]>;

export function JobDetail({ number }: { number: number }) {
  const query = useApiQuery(jobQuery, { number });
  return (
    <QueryState query={query} what="job">
      {({ project }) =>
        project?.job ? (
          <JobView job={project.job} />
        ) : (
          <Notice>There is no job {number}, or it is not yours to see.</Notice>
        )
      }
    </QueryState>
  );
}

function JobView({ job }: { job: Job }) {
  const nowMs = useNow(!isFinished(job.state));
  return (
    <Stack>
      <PageHead
        title={`Job ${job.number}: ${job.title}`}
        crumbs={[{ title: "Jobs", href: "/jobs" }]}
        badge={<Badge tone={JOB_STATE_TONE[job.state]}>{formatEnum(job.state)}</Badge>}
        actions={<CancelJobButton job={job} />}
      >
        <Facts
          facts={[
            { name: "Attempt", value: `${job.attempt} of ${job.maxAttempts}` },
            { name: "Device", value: job.device ?? UNKNOWN },
            { name: "Submitted", value: formatInstant(job.createdAt) },
            { name: "Started", value: formatInstant(job.startedAt) },
            {
              name: isFinished(job.state) ? "Took" : "Running for",
              value: formatDuration(elapsedMs(job, nowMs)),
            },
          ]}
        />
      </PageHead>
      {job.errorMessage ? (
        <Notice
          tone="alarm"
          title={job.errorCode ? `It failed: ${formatEnum(job.errorCode)}.` : "It failed."}
        >
          <p>{job.errorMessage}</p>
        </Notice>
      ) : null}
      {!isFinished(job.state) && job.progress ? (
        <Panel title="Progress">
          <JobProgressView job={job} />
        </Panel>
      ) : null}
      {job.training && job.training.epoch.length > 0 ? <TrainingPanel epochs={job.training} /> : null}
      <JobResults job={job} />
      <JobLog events={job.events} />
    </Stack>
  );
}

function JobResults({ job }: { job: Job }) {
  const { scoreResult, modelVersion, modelExport, importReport } = job;
  const hasLinks = job.datasetVersion ?? job.modelVersion ?? job.scoringRun ?? job.modelExport;
  return (
    <>
      {hasLinks ? (
        <Panel title={job.state === "SUCCEEDED" ? "Result" : "Works on"}>
          <JobLinks job={job} />
          {scoreResult ? (
            <Facts
              facts={[
                { name: "Scored frames", value: formatCount(scoreResult.scoredFrames) },
                { name: "Flagged frames", value: formatCount(scoreResult.flaggedFrames) },
                { name: "Memory updates", value: formatCount(scoreResult.memoryUpdates) },
                {
                  name: "Time per frame",
                  value:
                    scoreResult.millisecondsPerFrame == null
                      ? UNKNOWN
                      : `${formatSignificant(scoreResult.millisecondsPerFrame)} ms`,
                },
              ]}
            />
          ) : null}
          {modelExport ? <ParityFacts parity={modelExport.parity} /> : null}
        </Panel>
      ) : null}
      {modelVersion ? <ModelOrigin version={modelVersion} /> : null}
      {modelVersion && job.kind === "TRAIN" ? (
        <HyperparameterPanel hyperparameters={modelVersion.hyperparameters} />
      ) : null}
      {importReport ? <ImportReportView report={importReport} /> : null}
    </>
  );
}

function ModelOrigin({ version }: { version: NonNullable<Job["modelVersion"]> }) {
  const { importedFrom, metrics } = version;
  if (importedFrom) return <ImportedWeights version={version} origin={importedFrom} />;
  return <TrainingCurve metrics={metrics} />;
}

/** How far the exported graph is from the trained detector. */
function ParityFacts({ parity }: { parity: NonNullable<Job["modelExport"]>["parity"] }) {
  const facts = parity.differences.map(({ output, largest }) => ({
    name: `Largest difference in ${formatIdentifier(output)}`,
    value: formatSignificant(largest),
  }));
  return <Facts facts={[{ name: "Compared frames", value: formatCount(parity.frames) }, ...facts]} />;
}

function JobLog({ events }: { events: Job["events"] }) {
  return (
    <Panel title="Log" isFlush>
      <Table
        caption="Transitions of the job"
        rows={events}
        rowKey={(event) => event.id}
        empty="Nothing has happened yet."
        columns={[
          { title: "When", cell: (event) => formatInstant(event.at) },
          {
            title: "Transition",
            cell: (event) =>
              event.fromState
                ? `${formatEnum(event.fromState)} → ${formatEnum(event.toState)}`
                : formatEnum(event.toState),
          },
          { title: "Attempt", isNumber: true, isSecondary: true, cell: (event) => event.attempt },
          { title: "Message", cell: (event) => event.message ?? "" },
        ]}
      />
    </Panel>
  );
}
