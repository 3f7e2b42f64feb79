// The AUROC of each lane alone, one row a lane, whatever conventions an evaluation has it under.
import type { EvaluationFieldsFragment, Lane } from "@engram/sdk";

type LaneAuroc = EvaluationFieldsFragment["laneAuroc"][number];

export interface LaneRow {
  readonly lane: Lane;
  readonly perClip: LaneAuroc["measured"] | undefined;
  readonly raw: LaneAuroc["measured"] | undefined;
  readonly live: LaneAuroc["measured"] | undefined;
}

/** In the order in which the lanes first appear. */
export function laneRows({
  laneAuroc,
  rawLaneAuroc,
  liveLaneAuroc,
}: Pick<EvaluationFieldsFragment, "laneAuroc" | "rawLaneAuroc" | "liveLaneAuroc">): readonly LaneRow[] {
  const lanes = new Set([laneAuroc, rawLaneAuroc, liveLaneAuroc].flat().map(({ lane }) => lane));
  const of = (figures: readonly LaneAuroc[], lane: Lane) =>
    figures.find((figure) => figure.lane === lane)?.measured;
  return [...lanes].map((lane) => ({
    lane,
    perClip: of(laneAuroc, lane),
    raw: of(rawLaneAuroc, lane),
    live: of(liveLaneAuroc, lane),
  }));
}
