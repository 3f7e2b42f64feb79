import { LIVE_SMOOTHING_FRAMES } from "@engram/core";
import type { EvaluationFieldsFragment } from "@engram/sdk";
import { MeasuredValue } from "../../components/MeasuredValue.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { LANE_NAME } from "./lane.ts";
import { type LaneRow, laneRows } from "./lane-rows.ts";
import styles from "./ProtocolTable.module.css";

/** What each lane is worth alone. */
export function LaneTable({ evaluation }: { evaluation: EvaluationFieldsFragment }) {
  const areImages = evaluation.kind === "IMAGES";
  return (
    <div className={styles.protocols}>
      <p className={styles.caption}>
        {areImages
          ? "Image AUROC of each lane alone, as it is"
          : `Frame AUROC of each lane alone: normalized within each clip, as it is, and as it is with a mean over the last ${LIVE_SMOOTHING_FRAMES} frames, which a live camera can have`}
      </p>
      <Table
        caption={areImages ? "Image AUROC of each lane alone" : "Frame AUROC of each lane alone"}
        columns={areImages ? IMAGE_COLUMNS : COLUMNS}
        rows={laneRows(evaluation)}
        rowKey={({ lane }) => lane}
        empty="None."
      />
    </div>
  );
}

const LANE: Column<LaneRow> = { title: "Lane", cell: ({ lane }) => LANE_NAME[lane] };
const AS_IT_IS: Column<LaneRow> = {
  title: "As it is",
  isNumber: true,
  cell: ({ raw }) => <MeasuredValue measured={raw} />,
};

const COLUMNS: readonly Column<LaneRow>[] = [
  LANE,
  { title: "Per clip", isNumber: true, cell: ({ perClip }) => <MeasuredValue measured={perClip} /> },
  AS_IT_IS,
  { title: "Live mean", isNumber: true, cell: ({ live }) => <MeasuredValue measured={live} /> },
];
const IMAGE_COLUMNS = [LANE, AS_IT_IS];
