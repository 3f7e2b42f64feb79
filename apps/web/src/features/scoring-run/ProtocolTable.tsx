import type { EvaluationFieldsFragment } from "@engram/sdk";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount } from "../../lib/format.ts";
import { EstimateValue } from "./EstimateValue.tsx";
import styles from "./ProtocolTable.module.css";
import { type ProtocolRow, protocolRows } from "./protocol-rows.ts";

/** The evaluation under every convention that its kind has; nothing where an older version evaluated. */
export function ProtocolTable({ evaluation }: { evaluation: EvaluationFieldsFragment }) {
  const { kind, protocols, bootstrap } = evaluation;
  const areImages = kind === "IMAGES";
  if (protocols.length === 0 || !bootstrap) return null;
  return (
    <div className={styles.protocols}>
      <p className={styles.caption}>
        {areImages
          ? "Picture by picture: nothing is normalized per folder, smoothed, or averaged over folders"
          : "Published numbers differ by convention: the same scores under each"}
        , with {100 * bootstrap.level} % intervals of {formatCount(bootstrap.replicates)} resamples of the{" "}
        {areImages ? "pictures" : "clips"}
      </p>
      <Table
        caption="Figures under every protocol"
        columns={areImages ? IMAGE_COLUMNS : COLUMNS}
        rows={protocolRows(protocols)}
        rowKey={({ key }) => key}
        empty="None."
      />
    </div>
  );
}

const CONVENTION: readonly Column<ProtocolRow>[] = [
  { title: "Normalization", cell: ({ normalization }) => normalization },
  { title: "Smoothing", cell: ({ smoothing }) => smoothing },
  { title: "Unscorable frames", cell: ({ unscorable }) => unscorable },
];
const AUROC: Column<ProtocolRow> = {
  title: "AUROC",
  isNumber: true,
  cell: ({ micro }) => <EstimateValue estimate={micro.auroc} />,
};
const MACRO_AUROC: Column<ProtocolRow> = {
  title: "Macro AUROC",
  isNumber: true,
  cell: ({ macro }) => <EstimateValue estimate={macro?.auroc} />,
};
const OTHERS: readonly Column<ProtocolRow>[] = [
  {
    title: "Average precision",
    isNumber: true,
    isSecondary: true,
    cell: ({ micro }) => <EstimateValue estimate={micro.averagePrecision} />,
  },
  {
    title: "Equal error rate",
    isNumber: true,
    isSecondary: true,
    cell: ({ micro }) => <EstimateValue estimate={micro.equalErrorRate} />,
  },
  {
    title: "F1-max",
    isNumber: true,
    isSecondary: true,
    cell: ({ micro }) => <EstimateValue estimate={micro.f1Max} />,
  },
];

const COLUMNS = [...CONVENTION, AUROC, MACRO_AUROC, ...OTHERS];
const IMAGE_COLUMNS = [AUROC, ...OTHERS];
