import type { EvaluationFieldsFragment } from "@engram/sdk";
import { Facts } from "../../components/Facts.tsx";
import { type Column, Table } from "../../components/Table.tsx";
import { formatCount, formatQuantity, formatScore } from "../../lib/format.ts";
import { EstimateValue } from "./EstimateValue.tsx";
import styles from "./ProtocolTable.module.css";

type Localization = NonNullable<EvaluationFieldsFragment["localization"]>;
type PixelFigures = Localization["pixelFigures"][number];

/** Where frames and pictures are abnormal, against the masks; nothing where an older version evaluated. */
export function LocalizationTable({ evaluation }: { evaluation: EvaluationFieldsFragment }) {
  const { localization } = evaluation;
  const areImages = evaluation.kind === "IMAGES";
  const one = areImages ? "picture" : "frame";
  if (!localization) return null;
  const { frames, framesLeftOut, pixelFigures, falseRegionsPerFrame } = localization;
  const limit = pixelFigures[0]?.fprLimit;
  return (
    <div className={styles.protocols}>
      <p className={styles.caption}>
        Error maps against the masks of {formatQuantity(frames, one)}
        {framesLeftOut > 0 ? `, ${formatCount(framesLeftOut)} abnormal ones without a mask left out` : ""}
        {limit === undefined ? "" : `; AUPRO up to a pixel false-positive rate of ${limit}`}
      </p>
      <Table
        caption="Pixel figures"
        columns={COLUMNS}
        rows={pixelFigures}
        rowKey={({ map }) => map}
        empty="None."
      />
      <p className={styles.caption}>
        Raised regions against {formatQuantity(localization.regions, "region")}
        {areImages ? "" : ` and ${formatQuantity(localization.tracks, "track")}`} of the masks, up to{" "}
        {localization.falseLimit} false region a {one}
      </p>
      <Facts
        isLedger
        facts={[
          { name: "RBDC: regions found", value: <EstimateValue estimate={localization.rbdc} /> },
          // A picture's regions go on nowhere.
          ...(areImages
            ? []
            : [{ name: "TBDC: tracks found", value: <EstimateValue estimate={localization.tbdc} /> }]),
          { name: `False regions a ${one}, of all raised`, value: formatScore(falseRegionsPerFrame) },
        ]}
      />
    </div>
  );
}

const MAP_NAME = { RAW: "Error map", CORRECTED: "Corrected error map" } as const;

const COLUMNS: readonly Column<PixelFigures>[] = [
  { title: "Map", cell: ({ map }) => MAP_NAME[map] },
  { title: "Pixel AUROC", isNumber: true, cell: ({ auroc }) => <EstimateValue estimate={auroc} /> },
  { title: "AUPRO", isNumber: true, cell: ({ aupro }) => <EstimateValue estimate={aupro} /> },
  { title: "F1-max", isNumber: true, cell: ({ f1Max }) => <EstimateValue estimate={f1Max} /> },
  {
    title: "Average precision",
    isNumber: true,
    isSecondary: true,
    cell: ({ averagePrecision }) => <EstimateValue estimate={averagePrecision} />,
  },
];
