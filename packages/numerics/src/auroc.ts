// Area under the ROC curve, exactly: the share of (abnormal, normal) pairs that a score ranks rightly.
import { known, type Measured, unknown } from "./measured.ts";

export interface LabelledScores {
  /** a larger score speaks for an anomaly */
  readonly scores: ArrayLike<number>;
  /** 1 = abnormal, 0 = normal; as many as scores */
  readonly labels: ArrayLike<number>;
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
 * @returns value in [0, 1]; null with a reason where there is no frame, one class, one single score, or a score that
 *   is not finite
 * @throws RangeError where the lengths differ or a label is neither 0 nor 1
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): Measured {
  const reason = reasonNotToRank(scores, labels);
  if (reason !== null) return unknown(reason);
  const positiveCount = countPositives(labels);
  const negativeCount = labels.length - positiveCount;
  const positives = new Float64Array(positiveCount);
  const negatives = new Float64Array(negativeCount);
  for (let i = 0, p = 0, n = 0; i < scores.length; i++) {
    if (labels[i] === 1) positives[p++] = scores[i]!;
    else negatives[n++] = scores[i]!;
  }
  return known(countWins(positives.sort(), negatives.sort()) / (positiveCount * negativeCount));
}

/**
 * `auroc` over the frames of all clips together (micro). Frames whose score is not finite are left out with their labels.
 *
 * @throws RangeError where a clip's lengths differ or a label is neither 0 nor 1
 */
export function pooledAuroc(clips: Iterable<LabelledScores>): Measured {
  const pooledScores: number[] = [];
  const pooledLabels: number[] = [];
  for (const { scores, labels } of clips) {
    requireSameLength(scores, labels);
    for (let i = 0; i < scores.length; i++) {
      if (!Number.isFinite(scores[i]!)) continue;
      pooledScores.push(scores[i]!);
      pooledLabels.push(labels[i]!);
    }
  }
  return auroc(pooledScores, pooledLabels);
}

/**
 * Why scores cannot be ranked against their labels, in one sentence; null where they can.
 * @throws RangeError where the lengths differ or a label is neither 0 nor 1
 */
export function reasonNotToRank(scores: ArrayLike<number>, labels: ArrayLike<number>): string | null {
  requireSameLength(scores, labels);
  if (scores.length === 0) return "There is no scored frame.";
  const positives = countPositives(labels);
  if (positives === 0) return "Every frame is normal: ranking needs both classes.";
  if (positives === labels.length) return "Every frame is abnormal: ranking needs both classes.";
  let isConstant = true;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (!Number.isFinite(score)) return `The score at position ${i} is not a finite number.`;
    if (score !== scores[0]) isConstant = false;
  }
  return isConstant ? "Every frame has the same score: there is nothing to rank." : null;
}

function requireSameLength(scores: ArrayLike<number>, labels: ArrayLike<number>): void {
  if (scores.length === labels.length) return;
  throw new RangeError(`Ranking needs one label a score: ${scores.length} scores, ${labels.length} labels.`);
}

/** How many labels are 1. @throws RangeError where one is neither 0 nor 1 */
export function countPositives(labels: ArrayLike<number>): number {
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
