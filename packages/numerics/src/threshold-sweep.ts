// One pass over ranked frames, from the largest score down, gives every figure that a threshold decides; with the
// clips drawn unequally often it gives a bootstrap replicate of them for the same price.

export const FRAME_FIGURES = ["auroc", "averagePrecision", "equalErrorRate", "f1Max"] as const;
export type FrameFigure = (typeof FRAME_FIGURES)[number];

/**
 * Frames in descending order of their scores. Each is one integer, so that a pass reads memory once and in order:
 * clip · 4 + (abnormal ? 2 : 0) + (last of the frames with its score ? 1 : 0).
 */
export type RankedFrames = Int32Array;

const ABNORMAL = 2;
const LAST_OF_TIE = 1;

export interface PooledFrames {
  readonly scores: Float64Array;
  /** 1 = abnormal, 0 = normal */
  readonly labels: Uint8Array;
  readonly clipOf: Uint32Array;
}

/**
 * @param order positions in `frames`, the largest score first: all of them, or those of one clip
 * @returns as long as order; clips are numbered below 2²⁹
 */
export function rankFrames({ scores, labels, clipOf }: PooledFrames, order: Uint32Array): RankedFrames {
  const ranked = new Int32Array(order.length);
  for (let rank = 0; rank < order.length; rank++) {
    const position = order[rank]!;
    const isLast = rank + 1 === order.length || scores[order[rank + 1]!] !== scores[position];
    ranked[rank] =
      clipOf[position]! * 4 + (labels[position] === 1 ? ABNORMAL : 0) + (isLast ? LAST_OF_TIE : 0);
  }
  return ranked;
}

export interface SweepTotals {
  /** abnormal and normal frames, each counted as often as its clip was drawn */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * AUROC, average precision, equal error rate and largest F1 of ranked frames. A frame is flagged where its score
 * reaches the threshold t; TP(t) and FP(t) are the abnormal and normal frames flagged, P and N all of them.
 *
 *     auroc            = Σ_t (FP step) · (TP before + ½ TP step) / (P · N)          Mann–Whitney, ties count half
 *     averagePrecision = Σ_t (TP step) / P · TP / (TP + FP)                         no interpolation
 *     equalErrorRate   = FP / N where it equals 1 − TP / P, on the line between the two thresholds around
 *     f1Max            = max_t 2 TP / (P + TP + FP)
 *
 * with t over the distinct scores, from the largest down. The area is exact below 2⁵² pairs.
 *
 * @param drawn how often each clip counts
 * @param out float64 [4], in the order of `FRAME_FIGURES`; NaN throughout where one class is missing or all drawn
 *   frames have one score
 * @returns the rank of the last frame that the F1-max threshold flags, −1 where there is none
 */
export function sweepThresholds(
  frames: RankedFrames,
  drawn: ArrayLike<number>,
  { positives, negatives }: SweepTotals,
  out: Float64Array,
): number {
  out.fill(Number.NaN);
  if (positives === 0 || negatives === 0) return -1;
  const pairs = positives * negatives;
  let [tp, fp, tpBefore, fpBefore] = [0, 0, 0, 0];
  let [wins, precisions, equalErrorRate, distinct] = [0, 0, -1, 0];
  let [f1Max, bestRank] = [0, -1];
  for (let rank = 0; rank < frames.length; rank++) {
    const frame = frames[rank]!;
    const times = drawn[frame >> 2]!;
    if (frame & ABNORMAL) tp += times;
    else fp += times;
    if (!(frame & LAST_OF_TIE)) continue;
    const tpStep = tp - tpBefore;
    const fpStep = fp - fpBefore;
    if (tpStep + fpStep === 0) continue;
    distinct++;
    wins += fpStep * (tpBefore + tpStep / 2);
    precisions += tpStep * (tp / (tp + fp));
    const f1 = (2 * tp) / (positives + tp + fp);
    if (f1 > f1Max) {
      f1Max = f1;
      bestRank = rank;
    }
    if (equalErrorRate < 0 && fp * positives + tp * negatives >= pairs) {
      const missing = pairs - fpBefore * positives - tpBefore * negatives;
      const share = missing / (fpStep * positives + tpStep * negatives);
      equalErrorRate = (fpBefore + share * fpStep) / negatives;
    }
    tpBefore = tp;
    fpBefore = fp;
  }
  if (distinct < 2) return -1;
  out[0] = wins / pairs;
  out[1] = precisions / positives;
  out[2] = equalErrorRate;
  out[3] = f1Max;
  return bestRank;
}
