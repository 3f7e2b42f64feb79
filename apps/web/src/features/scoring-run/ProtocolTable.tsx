import type { EvaluationFieldsFragment } from "@engram/sdk";
import { MeasuredValue } from "../../components/MeasuredValue.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount, formatScore } from "../../lib/format.ts";
import styles from "./ProtocolTable.module.css";
import { type ProtocolRow, protocolRows } from "./protocol-rows.ts";

/** The evaluation under every convention; nothing where an older version evaluated. */
export function ProtocolTable({ evaluation }: { evaluation: EvaluationFieldsFragment }) {
  const { protocols, bootstrap } = evaluation;
  if (protocols.length === 0 || !bootstrap) return null;
  return (
    <div className={styles.protocols}>
      <p className={styles.caption}>
        Published numbers differ by convention: the same scores under each, with {100 * bootstrap.level} %
        intervals of {formatCount(bootstrap.replicates)} resamples of the clips
      </p>
      <Table
        caption="Figures under every protocol"
        columns={COLUMNS}
        rows={protocolRows(protocols)}
        rowKey={({ key }) => key}
        empty="None."
      />
    </div>
  );
}

type Estimate = EvaluationFieldsFragment["protocols"][number]["auroc"];

function EstimateValue({ estimate }: { estimate: Estimate | undefined }) {
  const { low, high } = estimate?.interval ?? {};
  return (
    <>
      <MeasuredValue measured={estimate} />
      {low == null || high == null ? null : (
        <span className={styles.interval}>
          {formatScore(low)}–{formatScore(high)}
        </span>
      )}
    </>
  );
}

const COLUMNS: readonly Column<ProtocolRow>[] = [
  { title: "Normalization", cell: ({ normalization }) => normalization },
  { title: "Smoothing", cell: ({ smoothing }) => smoothing },
  { title: "Unscorable frames", cell: ({ unscorable }) => unscorable },
  { title: "AUROC", isNumber: true, cell: ({ micro }) => <EstimateValue estimate={micro.auroc} /> },
  { title: "Macro AUROC", isNumber: true, cell: ({ macro }) => <EstimateValue estimate={macro?.auroc} /> },
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
