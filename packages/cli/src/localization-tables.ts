// Where frames are abnormal: error maps and raised regions against the masks, as tables for a terminal.
import type { EvaluationFieldsFragment } from "@engram/sdk";
import { estimate, reasonLines } from "./estimates.ts";
import { table } from "./output.ts";

const MAP = { RAW: "error map", CORRECTED: "corrected error map" } as const;

type LocalizedEvaluation = Pick<EvaluationFieldsFragment, "localization" | "kind">;

/** Empty where an older version evaluated. */
export function localizationTables({ localization, kind }: LocalizedEvaluation): string {
  if (!localization) return "";
  const arePictures = kind === "IMAGES";
  const units = arePictures ? "pictures" : "frames";
  const { pixelFigures, rbdc, tbdc, falseLimit, overlap, trackShare } = localization;
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const limit = pixelFigures[0]?.fprLimit;
  const blocks = [
    `Pixels against masks, over ${localization.frames} ${units}${leftOut(localization.framesLeftOut)}`,
    table(
      [
        "of the",
        "pixel AUROC",
        `AUPRO${limit === undefined ? "" : ` (FPR ≤ ${limit})`}`,
        "F1-max",
        "average precision",
      ],
      pixelFigures.map((row) => [
        MAP[row.map],
        ...[row.auroc, row.aupro, row.f1Max, row.averagePrecision].map((figure) => estimate(figure)),
      ]),
    ),
    ...toleranceLines(pixelFigures),
    "",
    `Raised regions against ${localization.regions} regions${arePictures ? "" : ` and ${localization.tracks} tracks`} of the masks`,
    table(
      ["criterion", "value"],
      [
        [`RBDC: regions found, overlap ${percent(overlap)} or more`, estimate(rbdc)],
        // Pictures do not follow each other: they have no tracks.
        ...(arePictures
          ? []
          : [[`TBDC: tracks found, ${percent(trackShare)} of their regions or more`, estimate(tbdc)]]),
        [
          `false regions a ${arePictures ? "picture" : "frame"}, all raised ones counted (curves go to ${falseLimit})`,
          localization.falseRegionsPerFrame?.toFixed(3) ?? "-",
        ],
      ],
    ),
    ...reasonLines([
      ...pixelFigures.flatMap((row) => [row.auroc, row.aupro, row.f1Max, row.averagePrecision]),
      rbdc,
      ...(arePictures ? [] : [tbdc]),
    ]),
  ];
  return blocks.join("\n");
}

function leftOut(frames: number): string {
  return frames === 0 ? "" : ` (${frames} abnormal ones without a mask left out)`;
}

function toleranceLines(
  figures: readonly { readonly map: keyof typeof MAP; readonly aurocTolerance?: number | null }[],
): string[] {
  return figures.flatMap(({ map, aurocTolerance }) =>
    aurocTolerance == null || aurocTolerance === 0
      ? []
      : `Pixel AUROC of the ${MAP[map]}: counted by levels, exact within ${aurocTolerance.toPrecision(2)}.`,
  );
}
