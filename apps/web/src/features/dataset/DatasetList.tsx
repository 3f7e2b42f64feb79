"use client";
import { type DatasetsQuery, datasetsQuery } from "@engram/sdk";
import Link from "next/link";
import { Badge } from "../../components/Badge.tsx";
import { Command } from "../../components/Command.tsx";
import { MeasuredValue } from "../../components/MeasuredValue.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Stack } from "../../components/Stack.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount, formatEnum, formatInstant, formatQuantity, UNKNOWN } from "../../lib/format.ts";
import { datasetPath, scoringRunPath } from "../../lib/route.ts";
import { useApiList } from "../../lib/use-api.ts";
import styles from "./DatasetList.module.css";
import { DATASET_VERSION_STATE_TONE } from "./dataset-state.ts";

type Dataset = NonNullable<DatasetsQuery["project"]>["datasets"]["nodes"][number];

export function DatasetList() {
  const query = useApiList(datasetsQuery, {}, (result) => result.project?.datasets);
  return (
    <Stack>
      <PageHead title="Data sets" />
      <QueryState query={query} what="data sets">
        {(datasets) =>
          datasets === null || datasets.length === 0 ? (
            <FirstSteps />
          ) : (
            <Panel title={formatQuantity(datasets.length, "data set")} isFlush>
              <Table
                caption="Data sets"
                columns={COLUMNS}
                rows={datasets}
                rowKey={(row) => row.id}
                empty="No data set yet."
              />
            </Panel>
          )
        }
      </QueryState>
    </Stack>
  );
}

const COLUMNS: readonly Column<Dataset>[] = [
  { title: "Name", cell: ({ slug, name }) => <Link href={datasetPath(slug)}>{name}</Link> },
  {
    title: "State",
    cell: ({ latestVersion: version }) =>
      version ? (
        <Badge tone={DATASET_VERSION_STATE_TONE[version.state]}>{formatEnum(version.state)}</Badge>
      ) : (
        "No version yet"
      ),
  },
  {
    title: "Version",
    isNumber: true,
    isSecondary: true,
    cell: (row) => row.latestVersion?.number ?? UNKNOWN,
  },
  {
    title: "Clips or folders",
    isNumber: true,
    isSecondary: true,
    cell: (row) => formatCount(row.latestVersion?.clipCount),
  },
  {
    title: "Frames or pictures",
    isNumber: true,
    isSecondary: true,
    cell: (row) => formatCount(row.latestVersion?.frameCount),
  },
  {
    title: "Latest run",
    isNumber: true,
    cell: ({ latestVersion }) => {
      const run = latestVersion?.latestScoringRun;
      return run ? <Link href={scoringRunPath(run.number)}>Run {run.number}</Link> : UNKNOWN;
    },
  },
  {
    title: "AUROC",
    isNumber: true,
    cell: ({ latestVersion }) => (
      <MeasuredValue
        measured={latestVersion?.latestScoringRun?.evaluation?.frameAuroc}
        otherwise={latestVersion?.latestScoringRun ? "not evaluated" : "not scored"}
      />
    ),
  },
  { title: "Created", isNumber: true, isSecondary: true, cell: (row) => formatInstant(row.createdAt) },
];

function FirstSteps() {
  return (
    <Panel title="No data set yet">
      <div className={styles.steps}>
        <p>
          Footage comes in by the command line. Run these where the footage lies; each job they start appears
          under <Link href="/jobs">Jobs</Link>.
        </p>
        <Command
          lines={[
            "npx engram import <folder> --name <name>",
            "npx engram train <name> --architecture mnad-prediction --preset compact --watch",
            "npx engram score <name> --model latest --watch",
          ]}
        />
        <p>
          Or let <code>npm run demo</code> make a synthetic scene and go all the way with it.
        </p>
      </div>
    </Panel>
  );
}
