"use client";
import { type DatasetClipsQuery, datasetClipsQuery, type Split } from "@engram/sdk";
import Link from "next/link";
import { Badge } from "../../components/Badge.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount, formatQuantity, formatSignificant, UNKNOWN } from "../../lib/format.ts";
import { clipPath } from "../../lib/route.ts";
import { useApiList } from "../../lib/use-api.ts";
import { abnormalFrames, SPLIT_NAME } from "./dataset-state.ts";

type Version = NonNullable<
  NonNullable<NonNullable<DatasetClipsQuery["project"]>["dataset"]>["latestVersion"]
>;
type Clip = Version["clips"]["nodes"][number];

interface ClipTablesProps {
  readonly slug: string;
  /** the run in which a clip can be looked at */
  readonly runNumber: number | undefined;
}

const ORDER: readonly Split[] = ["TEST", "TRAIN", "CALIBRATION"];

export function ClipTables({ slug, runNumber }: ClipTablesProps) {
  const query = useApiList(
    datasetClipsQuery,
    { slug },
    (result) => result.project?.dataset?.latestVersion?.clips,
  );
  return (
    <QueryState query={query} what="clips">
      {(clips) =>
        ORDER.map((split) => {
          const ofSplit = (clips ?? []).filter((clip) => clip.split === split);
          if (ofSplit.length === 0) return null;
          return (
            <Panel
              key={split}
              title={`${SPLIT_NAME[split]} clips`}
              note={formatQuantity(ofSplit.length, "clip")}
              isFlush
            >
              <Table
                caption={`${SPLIT_NAME[split]} clips`}
                columns={columns(split === "TEST" ? runNumber : undefined)}
                rows={ofSplit}
                rowKey={(clip) => clip.id}
                empty="No clip."
              />
            </Panel>
          );
        })
      }
    </QueryState>
  );
}

function columns(runNumber: number | undefined): Column<Clip>[] {
  return [
    {
      title: "Clip",
      cell: ({ name, split, state }) =>
        runNumber === undefined || state === "QUARANTINED" ? (
          name
        ) : (
          <Link href={clipPath(runNumber, split, name)}>{name}</Link>
        ),
    },
    {
      title: "State",
      cell: ({ state, quarantineReason }) =>
        state === "QUARANTINED" ? (
          <>
            <Badge tone="warn">Quarantined</Badge> {quarantineReason}
          </>
        ) : (
          <Badge tone="ok">Ready</Badge>
        ),
    },
    { title: "Frames", isNumber: true, cell: (clip) => formatCount(clip.frameCount) },
    { title: "Abnormal frames", isNumber: true, cell: (clip) => labelled(clip) },
    { title: "Masks", isSecondary: true, cell: (clip) => (clip.hasMasks ? "yes" : UNKNOWN) },
    { title: "Size", isNumber: true, isSecondary: true, cell: ({ width, height }) => `${width} × ${height}` },
    {
      title: "Frames per second",
      isNumber: true,
      isSecondary: true,
      cell: (clip) => formatSignificant(clip.frameRate),
    },
  ];
}

function labelled({ groundTruth }: Clip): string {
  const count = abnormalFrames(groundTruth);
  return count === null ? "no labels" : formatCount(count);
}
