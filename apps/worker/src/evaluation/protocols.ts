// The same scores under every convention in use: published numbers differ by convention more than by model.
import {
  type Averaging,
  normalizationSchema,
  type ProtocolFigures,
  scoreSmoothingSchema,
  type UnscorableFrames,
  unscorableFramesSchema,
} from "@engram/core";
import { type LabelledLanes, type MixedClips, mixLanes, type ScoreMix } from "@engram/detectors";
import {
  type BootstrapOptions,
  evaluateFrames,
  type FrameEvaluation,
  smoothGaussian,
  unknownFigures,
} from "@engram/numerics";

export interface ScoredFrames {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

type Convention = Pick<ProtocolFigures, "normalization" | "smoothing" | "unscorable">;
type Figures = Omit<ProtocolFigures, keyof Convention>;

/**
 * Figures under every protocol: normalization × smoothing × frames without a score × averaging. Lanes are
 * normalized and mixed (`mixLanes`), the mix is smoothed within each clip (smoothing is linear: the mix of smoothed
 * lanes is the same), and frames without a score are left out with their labels, or take the score of the nearest
 * frame that has one, the earlier of two as near. A clip without any scored frame is left out whole.
 *
 * @returns rows in the order of the vocabulary, MICRO before MACRO
 * @throws RangeError as `mixLanes` and `evaluateFrames` do
 */
export function evaluateProtocols(
  clips: readonly LabelledLanes[],
  mix: ScoreMix,
  bootstrap: BootstrapOptions,
): ProtocolFigures[] {
  return normalizationSchema.options.flatMap((normalization) => {
    const mixed = mixLanes(clips, mix, normalization);
    return scoreSmoothingSchema.options.flatMap((smoothing) =>
      unscorableFramesSchema.options.flatMap((unscorable) =>
        evaluateConvention(clips, mixed, { normalization, smoothing, unscorable }, bootstrap),
      ),
    );
  });
}

/**
 * Figures of pictures, each a clip of one frame, under the one protocol that they have: there is no clip to normalize
 * within or to smooth along, no neighbour to fill a score from, and a mean over folders of one class each would be of
 * nothing.
 */
export function evaluatePictures(
  pictures: readonly LabelledLanes[],
  mix: ScoreMix,
  bootstrap: BootstrapOptions,
): ProtocolFigures[] {
  const convention = { normalization: "NONE", smoothing: "NONE", unscorable: "LEFT_OUT" } as const;
  const rows = evaluateConvention(pictures, mixLanes(pictures, mix, "NONE"), convention, bootstrap);
  return rows.filter(({ averaging }) => averaging === "MICRO");
}

function evaluateConvention(
  clips: readonly LabelledLanes[],
  mixed: MixedClips,
  convention: Convention,
  bootstrap: BootstrapOptions,
): ProtocolFigures[] {
  const { smoothing, unscorable } = convention;
  const figures =
    mixed.scores === null
      ? unknownRows(clips, mixed.reason)
      : evaluateRows(
          keepFrames(
            clips,
            smoothing === "GAUSSIAN" ? mixed.scores.map((series) => smoothGaussian(series)) : mixed.scores,
            unscorable,
          ),
          bootstrap,
        );
  return figures.map((row) => ({ ...convention, ...row }));
}

function keepFrames(
  clips: readonly LabelledLanes[],
  scores: readonly Float64Array[],
  unscorable: UnscorableFrames,
): ScoredFrames[] {
  return clips.map(({ labels }, clip) => {
    const series = scores[clip]!;
    return scoredFrames(unscorable === "FILLED" ? fillNearest(series) : series, labels);
  });
}

function evaluateRows(clips: readonly ScoredFrames[], bootstrap: BootstrapOptions): Figures[] {
  const { micro, macro, f1Threshold }: FrameEvaluation = evaluateFrames(clips, bootstrap);
  return [
    { ...countFrames(clips, "MICRO"), ...micro, f1Threshold },
    { ...countFrames(clips, "MACRO"), ...macro, f1Threshold: null },
  ];
}

function unknownRows(clips: readonly LabelledLanes[], reason: string): Figures[] {
  const figures = unknownFigures(reason);
  return (["MICRO", "MACRO"] as const).map((averaging) => ({
    ...{ averaging, frames: 0, abnormalFrames: 0, clips: 0, clipsLeftOut: clips.length },
    ...{ ...figures, f1Threshold: null },
  }));
}

function countFrames(clips: readonly ScoredFrames[], averaging: Averaging) {
  const counted = clips.filter(({ labels }) =>
    averaging === "MICRO" ? labels.length > 0 : labels.includes(0) && labels.includes(1),
  );
  let [frames, abnormalFrames] = [0, 0];
  for (const { labels } of counted) {
    frames += labels.length;
    for (const label of labels) abnormalFrames += label;
  }
  const clipsLeftOut = clips.length - counted.length;
  return { averaging, frames, abnormalFrames, clips: counted.length, clipsLeftOut };
}

/** Every gap takes the value nearest to it, the earlier of two as near; a series of nothing but gaps keeps them. */
function fillNearest(series: Float64Array): Float64Array {
  const filled = series.slice();
  let before = -1;
  for (let after = 0; after <= series.length; after++) {
    if (after < series.length && !Number.isFinite(series[after]!)) continue;
    for (let i = before + 1; i < after; i++) {
      const isEarlierNearer = before >= 0 && i - before <= after - i;
      filled[i] = series[after === series.length || isEarlierNearer ? before : after] ?? Number.NaN;
    }
    before = after;
  }
  return filled;
}

/** The frames that have a score, with their labels. */
export function scoredFrames(scores: ArrayLike<number>, labels: Uint8Array): ScoredFrames {
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
