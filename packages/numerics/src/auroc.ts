// Area under the ROC curve, exactly: the share of (abnormal, normal) pairs that a score ranks rightly.
import { known, type Measured, unknown } from "./measured.ts";

export interface LabelledScores {
  /** a larger score speaks for an anomaly */
  readonly scores: ArrayLike<number>;
  /** 1 = abnormal, 0 = normal; as many as scores */
  readonly labels: ArrayLike<number>;
}

export interface ClipAurocs {
  /** unweighted mean over the clips that have both classes */
  readonly macro: Measured;
  /** one entry a clip, in the order given */
  readonly clips: readonly Measured[];
  /** clips without a normal or without an abnormal frame: the macro mean leaves them out */
  readonly oneClassClips: number;
}

/**
 * Frame AUROC by the Mann–Whitney statistic; ties count half.
 *
 *     AUROC = ( #{(p, n): scores[p] > scores[n]} + ½ #{(p, n): scores[p] = scores[n]} ) / (P · N)
 *
 * over the P positives p and the N negatives n. Equals the trapezoidal area under the ROC curve through every
 * threshold (Hanley and McNeil, 1982). Two sorts and one merge, O(n log n), exact below 2⁵² pairs.
 *
 * @param scores any real numbers, larger = more abnormal
 * @param labels 0 or 1, as many as scores
 * @returns value in [0, 1]; null with a reason where there is no frame, only one class, or a score that is not finite
 * @throws RangeError where the lengths differ or a label is neither 0 nor 1
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): Measured {
  if (scores.length !== labels.length) {
    throw new RangeError(`AUROC needs one label a score: ${scores.length} scores, ${labels.length} labels.`);
  }
  if (scores.length === 0) return unknown("There is no scored frame.");
  const positiveCount = countPositives(labels);
  const negativeCount = labels.length - positiveCount;
  if (positiveCount === 0) return unknown("Every frame is normal: AUROC needs both classes.");
  if (negativeCount === 0) return unknown("Every frame is abnormal: AUROC needs both classes.");
  const positives = new Float64Array(positiveCount);
  const negatives = new Float64Array(negativeCount);
  for (let i = 0, p = 0, n = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (!Number.isFinite(score)) return unknown(`The score at position ${i} is not a finite number.`);
    if (labels[i] === 1) positives[p++] = score;
    else negatives[n++] = score;
  }
  return known(countWins(positives.sort(), negatives.sort()) / (positiveCount * negativeCount));
}

/**
 * AUROC of every clip and their unweighted (macro) mean. On a clip of one class AUROC is undefined: such clips are
 * left out of the mean and counted.
 *
 * @returns macro is null with a reason where no clip has both classes, or where a clip with both has a score that
 *   is not finite (a mean over the others would be of something else)
 * @throws RangeError as `auroc` does
 */
export function aurocByClip(clips: readonly LabelledScores[]): ClipAurocs {
  const results = clips.map((clip) => auroc(clip.scores, clip.labels));
  const isTwoClass = clips.map(({ labels }) => {
    const positives = countPositives(labels);
    return positives > 0 && positives < labels.length;
  });
  const counted = results.filter((_, index) => isTwoClass[index]);
  const oneClassClips = clips.length - counted.length;
  return { macro: macroMean(counted), clips: results, oneClassClips };
}

function macroMean(counted: readonly Measured[]): Measured {
  if (counted.length === 0) return unknown("No clip has both normal and abnormal frames.");
  let sum = 0;
  for (const { value, reason } of counted) {
    if (value === null) return unknown(`One clip has no AUROC: ${reason}`);
    sum += value;
  }
  return known(sum / counted.length);
}

function countPositives(labels: ArrayLike<number>): number {
  let positives = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label !== 0 && label !== 1)
      throw new RangeError(`A label must be 0 or 1; position ${i} has ${label}.`);
    positives += label;
  }
  return positives;
}

/** Pairs won by the positives, ties counting half; both arrays sorted ascending. */
function countWins(positives: Float64Array, negatives: Float64Array): number {
  let wins = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++;
    wins += (below + notAbove) / 2;
  }
  return wins;
}
