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
  const arePictures = evaluation.kind === "IMAGES";
  const { rows, estimates } = arePictures ? flaggedRows(eventFigures) : eventRows(eventFigures);
  const [title, units] = arePictures ? ["Picture by picture", "pictures"] : ["Under every protocol", "clips"];
  const blocks = [
    `${title}, with ${100 * bootstrap.level} % intervals of ${bootstrap.replicates} resamples of the ${units}`,
    table(
      [
        ...["normalization", "smoothing", "unscorable", "average", units],
        ...["AUROC", "average precision", "equal error rate", "F1-max"],
      ],
      protocols.map(protocolRow),
    ),
    "",
    table([arePictures ? "flagged pictures" : "events", "value"], rows),
    ...reasonLines([
      ...protocols.flatMap((row) => [row.auroc, row.averagePrecision, row.equalErrorRate, row.f1Max]),
      ...estimates,
    ]),
  ];
  return blocks.join("\n");
}

type EventFigures = NonNullable<EvaluationFieldsFragment["eventFigures"]>;

interface EventRows {
  readonly rows: string[][];
  readonly estimates: readonly Estimate[];
}

function eventRows(figures: EventFigures): EventRows {
  const { precision, recall, f1, medianLatencyFrames, undetected, toleranceFrames } = figures;
  return {
    rows: [
      [`precision, within ${toleranceFrames} frames`, estimate(precision)],
      [`recall, within ${toleranceFrames} frames`, estimate(recall)],
      [`F1, within ${toleranceFrames} frames`, estimate(f1)],
      ["median latency in frames", estimate(medianLatencyFrames, 1)],
      ["true intervals with no frame flagged", String(undetected)],
    ],
    estimates: [precision, recall, f1, medianLatencyFrames],
  };
}

/** Each picture is an event or none: nothing is late, and nothing nearly right. */
function flaggedRows({ precision, recall, f1, undetected }: EventFigures): EventRows {
  return {
    rows: [
      ["precision", estimate(precision)],
      ["recall", estimate(recall)],
      ["F1", estimate(f1)],
      ["abnormal pictures not flagged", String(undetected)],
    ],
    estimates: [precision, recall, f1],
  };
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
