// From a clip's raw lanes to abnormality and events, by a policy and what the model version knows of normal frames.
import {
  type Calibration,
  type ClipKind,
  type DecisionPolicyRules,
  LANE_DIRECTION,
  type Lane,
  type LaneMix,
  mixOverLanes,
  rulesForKind,
} from "@engram/core";
import {
  type AbnormalityMap,
  createAbnormalityMap,
  deriveEvents,
  movingMean,
  type RaisedEvent,
} from "@engram/numerics";

export type LaneColumns = Readonly<Partial<Record<Lane, ArrayLike<number>>>>;

export interface ClipDecision {
  /** float64, one a frame, in [0, 1]; NaN where the frame has no score */
  readonly abnormality: Float64Array;
  readonly events: readonly RaisedEvent[];
}

export type DecisionMaker =
  | { readonly decide: (lanes: LaneColumns, kind: ClipKind) => ClipDecision; readonly reason: null }
  /** the calibration frames do not say enough: one sentence */
  | { readonly decide: null; readonly reason: string };

/**
 * Half the mix is the worst region, half the published score: on the synthetic scene that is better than either alone.
 * Lanes that the model was calibrated before are left out.
 *
 * One normal frame in 200 reaches the enter threshold; the leave threshold, which one in ten reaches, keeps the quiet
 * moments of an event from splitting it.
 */
export function defaultPolicyRules(published: LaneMix, samples: Calibration["samples"]): DecisionPolicyRules {
  const known = mixOverLanes(published, Object.keys(samples));
  const halves = Object.entries(known).map(([lane, weight]) => [lane, weight / 2]);
  const hasRegions = samples.REGION_ERROR !== undefined;
  const mix = hasRegions ? { REGION_ERROR: 0.5, ...Object.fromEntries(halves) } : known;
  return {
    mix,
    enterThreshold: 0.995,
    leaveThreshold: 0.9,
    minDurationFrames: 3,
    mergeGapFrames: 10,
    smoothingFrames: 3,
    smoothingAlignment: "CENTRED",
  };
}

/** Abnormality is mapped frame by frame, then smoothed over `smoothingFrames`; events are raised from that series. */
export function createDecisionMaker(rules: DecisionPolicyRules, calibration: Calibration): DecisionMaker {
  const { map, reason } = createAbnormalityMap<Lane>({
    samples: calibration.samples,
    directions: LANE_DIRECTION,
    weights: rules.mix,
  });
  if (map === null) return { decide: null, reason };
  return { decide: (lanes, kind) => decideClip(rulesForKind(rules, kind), map, lanes, kind), reason: null };
}

function decideClip(
  rules: DecisionPolicyRules,
  map: AbnormalityMap<Lane>,
  lanes: LaneColumns,
  kind: ClipKind,
): ClipDecision {
  const abnormality = movingMean(map.ofColumns(lanes), rules.smoothingFrames, rules.smoothingAlignment);
  const events =
    kind === "VIDEO" ? deriveEvents(abnormality, rules) : flaggedPictures(abnormality, rules.enterThreshold);
  return { abnormality, events };
}

/** Each picture that reaches the threshold is an event of its own, whatever lies beside it. */
function flaggedPictures(abnormality: Float64Array, threshold: number): RaisedEvent[] {
  return Array.from(abnormality).flatMap((value, picture) =>
    value >= threshold
      ? {
          ...{ startFrame: picture, endFrame: picture, peakFrame: picture },
          ...{ peakAbnormality: value, meanAbnormality: value },
        }
      : [],
  );
}
