"use client";
import { type ScoringRunClipsQuery, scoringRunClipsQuery } from "@engram/sdk";
import Link from "next/link";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount, formatQuantity, UNKNOWN } from "../../lib/format.ts";
import { clipPath } from "../../lib/route.ts";
import { useApiList } from "../../lib/use-api.ts";
import { abnormalFrames, SPLIT_NAME } from "../dataset/dataset-state.ts";
import { ScoreMeter } from "./ScoreMeter.tsx";

type Run = NonNullable<NonNullable<ScoringRunClipsQuery["project"]>["scoringRun"]>;
type RunClip = Run["clips"]["nodes"][number];

export function RunClipPanel({ number }: { number: number }) {
  const query = useApiList(scoringRunClipsQuery, { number }, (result) => result.project?.scoringRun?.clips);
  return (
    <Panel title="Clips" note={query.data ? formatQuantity(query.data.length, "clip") : undefined} isFlush>
      <QueryState query={query} what="clips">
        {(clips) => (
          <Table
            caption="Clips of this run"
            columns={columns(number)}
            rows={clips ?? []}
            rowKey={({ clip }) => clip.id}
            empty="No clip has been scored yet."
          />
        )}
      </QueryState>
    </Panel>
  );
}

function columns(number: number): Column<RunClip>[] {
  return [
    {
      title: "Clip",
      cell: ({ clip }) => <Link href={clipPath(number, clip.split, clip.name)}>{clip.name}</Link>,
    },
    { title: "Split", isSecondary: true, cell: ({ clip }) => SPLIT_NAME[clip.split] },
    {
      title: "Peak abnormality",
      cell: ({ peakAbnormality }) => <ScoreMeter score={peakAbnormality ?? null} />,
    },
    { title: "Events", isNumber: true, cell: ({ eventCount }) => formatCount(eventCount) },
    {
      title: "Abnormal frames",
      isNumber: true,
      isSecondary: true,
      cell: ({ clip }) => (clip.groundTruth ? formatCount(abnormalFrames(clip.groundTruth)) : UNKNOWN),
    },
    {
      title: "Scored frames",
      isNumber: true,
      cell: ({ clip, scoredFrames }) => `${formatCount(scoredFrames)} / ${formatCount(clip.frameCount)}`,
    },
  ];
}
