// The same scores under every convention in use: published numbers differ by convention more than by model.
import {
  type Averaging,
  normalizationSchema,
  type ProtocolFigures,
  scoreSmoothingSchema,
  type UnscorableFrames,
  unscorableFramesSchema,
} from "@engram/core";
import { type LabelledLanes, mixLanes, type ScoreMix } from "@engram/detectors";
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

type Figures = Omit<ProtocolFigures, "normalization" | "smoothing" | "unscorable">;

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
    return scoreSmoothingSchema.options.flatMap((smoothing) => {
      const smooth = smoothing === "GAUSSIAN" ? (series: Float64Array) => smoothGaussian(series) : null;
      const scores = smooth === null ? mixed.scores : (mixed.scores?.map(smooth) ?? null);
      return unscorableFramesSchema.options.flatMap((unscorable) => {
        const figures =
          scores === null
            ? unknownRows(clips, mixed.reason)
            : evaluateRows(keepFrames(clips, scores, unscorable), bootstrap);
        return figures.map((row) => ({ normalization, smoothing, unscorable, ...row }));
      });
    });
  });
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

function unknownRows(clips: readonly LabelledLanes[], reason: string | null): Figures[] {
  const figures = unknownFigures(reason ?? "There is no score.");
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
