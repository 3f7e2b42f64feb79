// An evaluation under every protocol as tables for a terminal: a figure, its interval, and why one is missing.
import type { EvaluationFieldsFragment } from "@engram/sdk";
import { type Estimate, estimate, reasonLines } from "./estimates.ts";
import { table } from "./output.ts";

type Protocol = EvaluationFieldsFragment["protocols"][number];

const NORMALIZATION = { PER_CLIP: "per clip", GLOBAL: "global", NONE: "none" } as const;
const SMOOTHING = { NONE: "none", GAUSSIAN: "Gaussian" } as const;
const UNSCORABLE = { LEFT_OUT: "left out", FILLED: "filled" } as const;
const AVERAGING = { MICRO: "micro", MACRO: "macro" } as const;

/** Empty where an older version evaluated. */
export function protocolTables(evaluation: EvaluationFieldsFragment): string {
  const { protocols, eventFigures, bootstrap } = evaluation;
  if (protocols.length === 0 || !eventFigures || !bootstrap) return "";
  const { precision, recall, f1, medianLatencyFrames, undetected, toleranceFrames } = eventFigures;
  const estimates: Estimate[] = [
    ...protocols.flatMap((row) => [row.auroc, row.averagePrecision, row.equalErrorRate, row.f1Max]),
    ...[precision, recall, f1, medianLatencyFrames],
  ];
  const blocks = [
    `${evaluation.kind === "IMAGES" ? "Picture by picture" : "Under every protocol"}, with ${100 * bootstrap.level} % intervals of ${bootstrap.replicates} resamples of the ${evaluation.kind === "IMAGES" ? "pictures" : "clips"}`,
    table(
      [
        ...["normalization", "smoothing", "unscorable", "average", "clips"],
        ...["AUROC", "average precision", "equal error rate", "F1-max"],
      ],
      protocols.map(protocolRow),
    ),
    "",
    table(
      ["events", "value"],
      [
        [`precision, within ${toleranceFrames} frames`, estimate(precision)],
        [`recall, within ${toleranceFrames} frames`, estimate(recall)],
        [`F1, within ${toleranceFrames} frames`, estimate(f1)],
        ["median latency in frames", estimate(medianLatencyFrames, 1)],
        ["true intervals with no frame flagged", String(undetected)],
      ],
    ),
    ...reasonLines(estimates),
  ];
  return blocks.join("\n");
}

function protocolRow(row: Protocol): string[] {
  return [
    NORMALIZATION[row.normalization],
    SMOOTHING[row.smoothing],
    UNSCORABLE[row.unscorable],
    AVERAGING[row.averaging],
    row.clipsLeftOut > 0 ? `${row.clips} (${row.clipsLeftOut} left out)` : String(row.clips),
    ...[row.auroc, row.averagePrecision, row.equalErrorRate, row.f1Max].map((figure) => estimate(figure)),
  ];
}
