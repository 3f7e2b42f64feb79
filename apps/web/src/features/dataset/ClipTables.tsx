"use client";
import type { DatasetClipsQuery, Split } from "@engram/sdk";
import Link from "next/link";
import { Badge } from "../../components/Badge.tsx";
import { Panel } from "../../components/Panel.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount, formatQuantity, formatSignificant, UNKNOWN } from "../../lib/format.ts";
import { clipPath } from "../../lib/route.ts";
import { abnormalFrames, SPLIT_NAME } from "./dataset-state.ts";

type Version = NonNullable<
  NonNullable<NonNullable<DatasetClipsQuery["project"]>["dataset"]>["latestVersion"]
>;
export type DatasetClip = Version["clips"]["nodes"][number];

interface ClipTablesProps {
  readonly clips: readonly DatasetClip[];
  /** the run in which a clip can be looked at */
  readonly runNumber: number | undefined;
}

const ORDER: readonly Split[] = ["TEST", "VALIDATION", "TRAIN", "CALIBRATION"];

export function ClipTables({ clips, runNumber }: ClipTablesProps) {
  return ORDER.map((split) => {
    const ofSplit = clips.filter((clip) => clip.split === split);
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
  });
}

function columns(runNumber: number | undefined): Column<DatasetClip>[] {
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

function labelled({ groundTruth }: DatasetClip): string {
  const count = abnormalFrames(groundTruth);
  return count === null ? "no labels" : formatCount(count);
}
