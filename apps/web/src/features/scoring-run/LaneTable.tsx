import { LIVE_SMOOTHING_FRAMES } from "@engram/core";
import type { EvaluationFieldsFragment } from "@engram/sdk";
import { MeasuredValue } from "../../components/MeasuredValue.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { LANE_NAME } from "./lane.ts";
import { type LaneRow, laneRows } from "./lane-rows.ts";
import styles from "./ProtocolTable.module.css";

/** What each lane is worth alone. */
export function LaneTable({ evaluation }: { evaluation: EvaluationFieldsFragment }) {
  return (
    <div className={styles.protocols}>
      <p className={styles.caption}>
        Frame AUROC of each lane alone: normalized within each clip, as it is, and as it is with a mean over
        the last {LIVE_SMOOTHING_FRAMES} frames, which a live camera can have
      </p>
      <Table
        caption="Frame AUROC of each lane alone"
        columns={COLUMNS}
        rows={laneRows(evaluation)}
        rowKey={({ lane }) => lane}
        empty="None."
      />
    </div>
  );
}

const COLUMNS: readonly Column<LaneRow>[] = [
  { title: "Lane", cell: ({ lane }) => LANE_NAME[lane] },
  { title: "Per clip", isNumber: true, cell: ({ perClip }) => <MeasuredValue measured={perClip} /> },
  { title: "As it is", isNumber: true, cell: ({ raw }) => <MeasuredValue measured={raw} /> },
  { title: "Live mean", isNumber: true, cell: ({ live }) => <MeasuredValue measured={live} /> },
];
