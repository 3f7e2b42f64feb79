"use client";
import { type JobKind, type JobsQuery, jobsQuery } from "@engram/sdk";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Stack } from "../../components/Stack.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatDuration, formatEnum, formatInstant } from "../../lib/format.ts";
import { jobPath } from "../../lib/route.ts";
import { useApiQuery } from "../../lib/use-api.ts";
import { useNow } from "../../lib/use-now.ts";
import { CancelJobButton } from "./CancelJobButton.tsx";
import { JobLinks } from "./JobLinks.tsx";
import { JobProgressView } from "./JobProgressView.tsx";
import { elapsedMs, isFinished, JOB_KIND_NAME, JOB_STATE_TONE } from "./job-state.ts";

type Job = NonNullable<JobsQuery["project"]>["jobs"]["nodes"][number];

const KINDS: readonly (JobKind | null)[] = [null, ...(Object.keys(JOB_KIND_NAME) as JobKind[])];
const PAGE = 50;

export function JobList() {
  const [kind, setKind] = useState<JobKind | null>(null);
  const [first, setFirst] = useState(PAGE);
  const query = useApiQuery(jobsQuery, { first, kind }, { keepsPrevious: true });
  return (
    <Stack>
      <PageHead title="Jobs" actions={<KindFilter kind={kind} onChange={setKind} />} />
      <Panel title="Newest first" isFlush>
        <QueryState query={query} what="jobs">
          {({ project }) => (
            <>
              <JobTable jobs={project?.jobs.nodes ?? []} />
              {project?.jobs.pageInfo.hasNextPage && first < 100 ? (
                <Button variant="quiet" onClick={() => setFirst(100)}>
                  Show more
                </Button>
              ) : null}
            </>
          )}
        </QueryState>
      </Panel>
    </Stack>
  );
}

function KindFilter({ kind, onChange }: { kind: JobKind | null; onChange: (kind: JobKind | null) => void }) {
  return (
    <>
      {KINDS.map((one) => (
        <Button key={one} size="small" aria-pressed={one === kind} onClick={() => onChange(one)}>
          {one === null ? "All" : JOB_KIND_NAME[one]}
        </Button>
      ))}
    </>
  );
}

function JobTable({ jobs }: { jobs: readonly Job[] }) {
  const nowMs = useNow(jobs.some((job) => !isFinished(job.state)));
  const columns: Column<Job>[] = [
    { title: "Job", isNumber: true, cell: (job) => <Link href={jobPath(job.number)}>{job.number}</Link> },
    { title: "What", cell: (job) => <Link href={jobPath(job.number)}>{job.title}</Link> },
    {
      title: "State",
      cell: (job) => <Badge tone={JOB_STATE_TONE[job.state]}>{formatEnum(job.state)}</Badge>,
    },
    {
      title: "Progress",
      cell: (job) =>
        isFinished(job.state) && job.state !== "FAILED" ? (
          <JobLinks job={job} />
        ) : (
          <JobProgressView job={job} isBrief />
        ),
    },
    {
      title: "Took",
      isNumber: true,
      isSecondary: true,
      cell: (job) => formatDuration(elapsedMs(job, nowMs)),
    },
    { title: "Device", isSecondary: true, isUnbroken: true, cell: (job) => job.device ?? "—" },
    { title: "Submitted", isSecondary: true, isNumber: true, cell: (job) => formatInstant(job.createdAt) },
    { title: "Actions", isNumber: true, cell: (job) => <CancelJobButton job={job} /> },
  ];
  return (
    <Table
      caption="Jobs"
      columns={columns}
      rows={jobs}
      rowKey={(job) => job.id}
      empty="No job yet. Importing, training and scoring appear here."
    />
  );
}
