// One pass over thresholds, from the largest down, gives every figure of how well a map finds abnormal pixels. Who
// counts the pixels of each threshold, and how finely, is not its concern.
import { createPartialArea } from "./partial-area.ts";

export const PIXEL_FIGURES = ["auroc", "averagePrecision", "f1Max", "aupro"] as const;
export type PixelFigure = (typeof PIXEL_FIGURES)[number];

export interface PixelTotals {
  readonly abnormal: number;
  readonly normal: number;
  /** connected regions of abnormal pixels */
  readonly regions: number;
}

export interface PixelSweep {
  /**
   * The pixels that are flagged at this threshold and at none before it.
   * @param overlap Σ over the abnormal ones of 1 / (pixels of the pixel's region)
   */
  step(threshold: number, abnormal: number, normal: number, overlap: number): void;
  /** @param out float64 [4], in the order of `PIXEL_FIGURES`; NaN throughout where a class or a second threshold is missing */
  finish(out: Float64Array): SweepEnd;
}

export interface SweepEnd {
  /** of F1-max; NaN where there is none */
  readonly f1Threshold: number;
  /** share of (abnormal, normal) pairs that no threshold tells apart: AUROC counts each as half */
  readonly tiedShare: number;
}

/**
 * Pixel AUROC, average precision, largest F1 and AUPRO. A pixel is flagged where its score reaches the threshold t;
 * TP(t) and FP(t) are the abnormal and normal pixels flagged, P and N all of them, R₁ … R_K the connected regions.
 *
 *     auroc            = Σ_t (FP step) · (TP before + ½ TP step) / (P · N)
 *     averagePrecision = Σ_t (TP step) / P · TP / (TP + FP)
 *     f1Max            = max_t 2 TP / (P + TP + FP)
 *     PRO(t)           = 1/K Σ_k |R_k flagged at t| / |R_k|
 *     aupro            = 1/limit ∫₀^limit PRO d(FP / N),  trapezoids from (0, 0), on the line between two thresholds at the limit
 *
 * AUPRO weighs regions alike, however large, and looks at few false positives only: Bergmann et al., "The MVTec
 * Anomaly Detection Dataset", IJCV 129 (2021), with limit 0.3.
 *
 * @param fprLimit in (0, 1]
 */
export function createPixelSweep({ abnormal, normal, regions }: PixelTotals, fprLimit: number): PixelSweep {
  let [tp, fp, overlap, distinct] = [0, 0, 0, 0];
  let [wins, ties, precisions] = [0, 0, 0];
  let [f1Max, f1Threshold] = [0, Number.NaN];
  const overlaps = createPartialArea(fprLimit);
  return {
    step(threshold, abnormalStep, normalStep, overlapStep) {
      if (abnormalStep + normalStep === 0) return;
      distinct++;
      wins += normalStep * tp;
      ties += normalStep * abnormalStep;
      tp += abnormalStep;
      fp += normalStep;
      overlap += overlapStep;
      precisions += abnormalStep * (tp / (tp + fp));
      const f1 = (2 * tp) / (abnormal + tp + fp);
      if (f1 > f1Max) [f1Max, f1Threshold] = [f1, threshold];
      overlaps.to(fp / normal, overlap / regions);
    },
    finish(out) {
      out.fill(Number.NaN);
      if (abnormal === 0 || normal === 0 || distinct < 2) return { f1Threshold: Number.NaN, tiedShare: 1 };
      const pairs = abnormal * normal;
      out[0] = (wins + ties / 2) / pairs;
      out[1] = precisions / abnormal;
      out[2] = f1Max;
      // Sums of 1 / area may pass 1 by a rounding.
      out[3] = Math.min(1, overlaps.finish());
      return { f1Threshold, tiedShare: ties / pairs };
    },
  };
}
