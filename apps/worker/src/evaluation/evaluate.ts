// The figures of a scoring run against its ground truth. Per-clip min–max, which needs the finished clip, exists
// only here.
import {
  type ClipKind,
  type Evaluation,
  LANE_DIRECTION,
  type Lane,
  LIVE_SMOOTHING_FRAMES,
  type Measured,
} from "@engram/core";
import type { LabelledLanes, ScoreMix } from "@engram/detectors";
import {
  type BootstrapOptions,
  evaluateEvents,
  type FrameInterval,
  type LabelledScores,
  labelsToIntervals,
  matchEventsByClip,
  movingMean,
  normalizeMinMax,
  pooledAuroc,
} from "@engram/numerics";
import { evaluatePictures, evaluateProtocols } from "./protocols.ts";

/** How far an event may miss a true interval and still match it in the tolerant figures. */
const EVENT_TOLERANCE_FRAMES = 10;
const INTERVAL_LEVEL = 0.95;
const BOOTSTRAP_SEED = 1;
/** Frames that all replicates of one protocol may pass over: beyond 200,000 frames there are fewer replicates. */
const REPLICATED_FRAMES = 200_000_000;

export interface LabelledClip extends LabelledLanes {
  readonly kind: ClipKind;
  /** as the policy derives it; null where the calibration frames do not say enough */
  readonly abnormality: ArrayLike<number> | null;
  readonly events: readonly FrameInterval[];
}

/**
 * Evaluation of the clips that have ground truth. The headline is the architecture's published score under MNAD's
 * protocol: frames that cannot be scored are left out with their labels; the lanes of the mix are min–max normalized
 * over each clip; AUROC is over the frames of all clips together (micro). Beside it stand all other protocols, and each
 * lane alone.
 *
 * Of pictures the headline is the published score as it is: each stands for itself, in the intervals too, and an
 * event is right where its own picture is abnormal. What needs a clip, they do not have.
 *
 * @param mix of the headline and the protocols
 * @param undecidedReason why `abnormality` is null, where it is
 */
export function evaluateClips(
  clips: readonly LabelledClip[],
  lanes: readonly Lane[],
  mix: ScoreMix,
  undecidedReason: string | null,
): Omit<Evaluation, "localization"> {
  const kind = clips.every((clip) => clip.kind === "IMAGES") ? "IMAGES" : "VIDEO";
  const units = kind === "IMAGES" ? clips.flatMap(splitPictures) : clips;
  const bootstrap = bootstrapOf(units);
  const protocols = (kind === "IMAGES" ? evaluatePictures : evaluateProtocols)(units, mix, bootstrap);
  const [micro, macro] = protocols;
  if (!micro) throw new RangeError("There is no protocol to evaluate under.");
  const { value, reason } = micro.auroc;
  return {
    ...{ kind, scoredFrames: micro.frames, abnormalFrames: micro.abnormalFrames },
    frameAuroc: { value, reason },
    ...evaluateLanes(units, lanes, kind),
    abnormalityAuroc: abnormalityAuroc(units, undecidedReason),
    macroAuroc: macro
      ? { value: macro.auroc.value, reason: macro.auroc.reason }
      : { value: null, reason: "Pictures are no clips: there is nothing to take a mean over." },
    oneClassClips: macro ? macro.clipsLeftOut : 0,
    ...evaluateRaised(units, kind === "IMAGES" ? 0 : EVENT_TOLERANCE_FRAMES, bootstrap),
    ...{ protocols, bootstrap },
  };
}

/** Each picture as a clip of one frame. */
function splitPictures({ lanes, labels, abnormality, events, kind }: LabelledClip): LabelledClip[] {
  const flagged = new Set(events.map(({ startFrame }) => startFrame));
  return Array.from(labels, (_, i) => ({
    lanes: Object.fromEntries(
      Object.entries(lanes).map(([lane, values]) => [lane, values.subarray(i, i + 1)]),
    ),
    labels: labels.subarray(i, i + 1),
    abnormality: abnormality === null ? null : [abnormality[i]!],
    events: flagged.has(i) ? [{ startFrame: 0, endFrame: 0 }] : [],
    kind,
  }));
}

function evaluateLanes(
  clips: readonly LabelledClip[],
  lanes: readonly Lane[],
  kind: ClipKind,
): Pick<Evaluation, "laneAuroc" | "rawLaneAuroc" | "liveLaneAuroc"> {
  const each = (figure: (lane: Lane) => Measured) =>
    Object.fromEntries(lanes.map((lane) => [lane, figure(lane)]));
  const rawLanes = each((lane) => rawLaneAuroc(clips, lane, 1));
  if (kind === "IMAGES") return { laneAuroc: {}, rawLaneAuroc: rawLanes, liveLaneAuroc: {} };
  return {
    laneAuroc: each((lane) => laneAuroc(clips, lane)),
    rawLaneAuroc: rawLanes,
    liveLaneAuroc: each((lane) => rawLaneAuroc(clips, lane, LIVE_SMOOTHING_FRAMES)),
  };
}

function evaluateRaised(
  clips: readonly LabelledClip[],
  toleranceFrames: number,
  bootstrap: BootstrapOptions,
): Pick<Evaluation, "events" | "eventFigures"> {
  const ofClips = clips.map(({ events: raised, labels }) => ({ raised, truth: labelsToIntervals(labels) }));
  const { raised, truth, precision, recall } = matchEventsByClip(ofClips);
  return {
    events: { raised, truth, precision, recall },
    eventFigures: { toleranceFrames, ...evaluateEvents(ofClips, toleranceFrames, bootstrap) },
  };
}

/** How intervals of figures of these clips are drawn. */
export function bootstrapOf(clips: readonly LabelledClip[]): BootstrapOptions {
  const frames = clips.reduce((sum, { labels }) => sum + labels.length, 0);
  const replicates = Math.min(1000, Math.max(100, Math.floor(REPLICATED_FRAMES / Math.max(1, frames))));
  return { replicates, level: INTERVAL_LEVEL, seed: BOOTSTRAP_SEED };
}

function laneAuroc(clips: readonly LabelledClip[], lane: Lane): Measured {
  const normalized = clips.map(({ lanes, labels }) => {
    const scores = normalizeMinMax(columnOf(lanes, lane));
    return { scores: LANE_DIRECTION[lane] === 1 ? scores : scores.map((value) => 1 - value), labels };
  });
  return pooledAuroc(normalized);
}

/** Over the frames of all clips together, as they are, but for a mean over the frame and those before it. */
function rawLaneAuroc(clips: readonly LabelledClip[], lane: Lane, smoothingFrames: number): Measured {
  const raw = clips.map(({ lanes, labels }) => {
    const smoothed = movingMean(columnOf(lanes, lane), smoothingFrames, "TRAILING");
    return { scores: smoothed.map((value) => LANE_DIRECTION[lane] * value), labels };
  });
  return pooledAuroc(raw);
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
    decided.push({ scores: abnormality, labels });
  }
  return pooledAuroc(decided);
}
