// The figures of a scoring run against its ground truth. Per-clip min–max, which needs the finished clip, exists
// only here.
import {
  type Evaluation,
  LANE_DIRECTION,
  type Lane,
  LIVE_SMOOTHING_FRAMES,
  type Measured,
} from "@engram/core";
import {
  auroc,
  aurocByClip,
  type FrameInterval,
  type LabelledScores,
  labelsToIntervals,
  matchEventsByClip,
  mixNormality,
  movingMean,
  normalizeMinMax,
} from "@engram/numerics";

export interface LabelledClip {
  /** raw lanes, one value a frame, NaN where the frame cannot be scored */
  readonly lanes: Readonly<Partial<Record<Lane, Float32Array>>>;
  /** 1 = abnormal, one a frame */
  readonly labels: Uint8Array;
  /** as the policy derives it; null where the calibration frames do not say enough */
  readonly abnormality: ArrayLike<number> | null;
  readonly events: readonly FrameInterval[];
}

/**
 * Evaluation of the clips that have ground truth, under MNAD's protocol: frames that cannot be scored are left out
 * with their labels; PSNR and feature distance are min–max normalized over each clip and mixed by λ; AUROC is over
 * the frames of all clips together (micro), and as a mean over the clips (macro).
 *
 * @param lambda share of PSNR in the mix, in [0, 1]
 * @param undecidedReason why `abnormality` is null, where it is
 */
export function evaluateClips(
  clips: readonly LabelledClip[],
  lanes: readonly Lane[],
  lambda: number,
  undecidedReason: string | null,
): Evaluation {
  const mixed = clips.map((clip) => scoredFrames(protocolScores(clip, lambda), clip.labels));
  const { macro, oneClassClips } = aurocByClip(mixed);
  const pooled = pool(mixed);
  const events = matchEventsByClip(
    clips.map(({ events: raised, labels }) => ({ raised, truth: labelsToIntervals(labels) })),
  );
  return {
    scoredFrames: pooled.labels.length,
    abnormalFrames: Array.from(pooled.labels).filter((label) => label === 1).length,
    frameAuroc: auroc(pooled.scores, pooled.labels),
    laneAuroc: Object.fromEntries(lanes.map((lane) => [lane, laneAuroc(clips, lane)])),
    rawLaneAuroc: Object.fromEntries(lanes.map((lane) => [lane, rawLaneAuroc(clips, lane, 1)])),
    liveLaneAuroc: Object.fromEntries(
      lanes.map((lane) => [lane, rawLaneAuroc(clips, lane, LIVE_SMOOTHING_FRAMES)]),
    ),
    abnormalityAuroc: abnormalityAuroc(clips, undecidedReason),
    macroAuroc: macro,
    oneClassClips,
    events: {
      raised: events.raised,
      truth: events.truth,
      precision: events.precision,
      recall: events.recall,
    },
  };
}

function protocolScores({ lanes }: LabelledClip, lambda: number): Float64Array {
  const { PSNR: psnr, FEATURE_DISTANCE: distance } = lanes;
  if (psnr === undefined || distance === undefined) {
    throw new RangeError("MNAD's protocol mixes PSNR and feature distance; a clip lacks one of these lanes.");
  }
  return mixNormality(psnr, distance, lambda).map((normality) => 1 - normality);
}

function laneAuroc(clips: readonly LabelledClip[], lane: Lane): Measured {
  const normalized = clips.map(({ lanes, labels }) => {
    const scores = normalizeMinMax(columnOf(lanes, lane));
    return scoredFrames(LANE_DIRECTION[lane] === 1 ? scores : scores.map((value) => 1 - value), labels);
  });
  const pooled = pool(normalized);
  return auroc(pooled.scores, pooled.labels);
}

/** Over the frames of all clips together, as they are, but for a mean over the frame and those before it. */
function rawLaneAuroc(clips: readonly LabelledClip[], lane: Lane, smoothingFrames: number): Measured {
  const raw = clips.map(({ lanes, labels }) => {
    const smoothed = movingMean(columnOf(lanes, lane), smoothingFrames, "TRAILING");
    return scoredFrames(
      smoothed.map((value) => LANE_DIRECTION[lane] * value),
      labels,
    );
  });
  const pooled = pool(raw);
  return auroc(pooled.scores, pooled.labels);
}

function columnOf(lanes: LabelledClip["lanes"], lane: Lane): Float32Array {
  const values = lanes[lane];
  if (values === undefined) throw new RangeError(`A clip lacks the lane ${lane}.`);
  return values;
}

function abnormalityAuroc(clips: readonly LabelledClip[], undecidedReason: string | null): Measured {
  const decided: LabelledScores[] = [];
  for (const { abnormality, labels } of clips) {
    if (abnormality === null) return { value: null, reason: undecidedReason };
    decided.push(scoredFrames(abnormality, labels));
  }
  const pooled = pool(decided);
  return auroc(pooled.scores, pooled.labels);
}

/** The frames that have a score, with their labels. */
function scoredFrames(scores: ArrayLike<number>, labels: Uint8Array): LabelledScores {
  if (scores.length !== labels.length) {
    throw new RangeError(`A clip has ${scores.length} frames, but ${labels.length} labels.`);
  }
  const kept: number[] = [];
  for (let i = 0; i < labels.length; i++) if (Number.isFinite(scores[i]!)) kept.push(i);
  return {
    scores: Float64Array.from(kept, (i) => scores[i]!),
    labels: Uint8Array.from(kept, (i) => labels[i]!),
  };
}

function pool(clips: readonly LabelledScores[]): LabelledScores {
  const length = clips.reduce((sum, clip) => sum + clip.scores.length, 0);
  const scores = new Float64Array(length);
  const labels = new Uint8Array(length);
  let offset = 0;
  for (const clip of clips) {
    for (let i = 0; i < clip.scores.length; i++) {
      scores[offset + i] = clip.scores[i]!;
      labels[offset + i] = clip.labels[i]!;
    }
    offset += clip.scores.length;
  }
  return { scores, labels };
}
