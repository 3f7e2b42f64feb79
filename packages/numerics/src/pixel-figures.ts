// How well anomaly maps find abnormal pixels, against masks of the same size: one image at a time, exactly where all
// pixels can be ranked, by finely counted levels where they are too many.
import { type BootstrapOptions, noInterval, percentileInterval } from "./bootstrap.ts";
import { type Estimate, unknownEstimate } from "./frame-figures.ts";
import { known } from "./measured.ts";
import { createPixelGroups } from "./pixel-groups.ts";
import { createPixelStore } from "./pixel-store.ts";
import { createPixelSweep, PIXEL_FIGURES, type PixelFigure, type PixelTotals } from "./pixel-sweep.ts";
import { labelRegions } from "./regions.ts";

/** The false-positive rate up to which AUPRO looks. */
export const AUPRO_FPR_LIMIT = 0.3;
/** Up to so many pixels every distinct score is a threshold. */
export const EXACT_PIXELS = 10_000_000;

export interface PixelImage {
  /** float32 [height · width], row-major; larger = more abnormal */
  readonly scores: Float32Array;
  /** uint8 [height · width]; anything but 0 is abnormal */
  readonly mask: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type PixelFigures = Readonly<Record<PixelFigure, Estimate>>;

export interface PixelEvaluation extends PixelFigures {
  /** the score from which on a pixel is flagged at F1-max; null where there is none */
  readonly f1Threshold: number | null;
  readonly fprLimit: number;
  readonly images: number;
  readonly pixels: number;
  readonly abnormalPixels: number;
  /** connected regions of abnormal pixels, of all images together */
  readonly regions: number;
  /** how far AUROC may be from that of all distinct scores: 0 where each was a threshold; null where there is none */
  readonly aurocTolerance: number | null;
}

export interface PixelOptions {
  /** in (0, 1]; default `AUPRO_FPR_LIMIT` */
  readonly fprLimit?: number;
  /** null: no intervals */
  readonly bootstrap?: BootstrapOptions | null;
  /** beyond so many pixels they are counted by levels; default `EXACT_PIXELS` */
  readonly exactPixels?: number;
}

export interface PixelEvaluator {
  /**
   * @param group what is resampled as one, an image or the frames of a clip: its images come one after the other
   * @throws RangeError where scores or mask are not width · height, or a closed group comes again
   */
  add(image: PixelImage, group?: number): void;
  finish(): PixelEvaluation;
}

/**
 * Pixel AUROC, average precision, F1-max and AUPRO over all images together (`createPixelSweep` has the formulas).
 *
 * Up to `exactPixels` pixels the figures are exact: all are ranked, in 40 bytes each. Beyond, scores whose float32
 * patterns agree in the first 21 bits (that is, to one part in 4096) are one threshold, in 50 MB however many pixels
 * there are; ties count half, so AUROC is right within `aurocTolerance`, half the share of tied pairs.
 * Intervals come of resampled groups, whose pixels are counted at levels of one part in 128.
 *
 * @returns figures null with a reason where there is no pixel, no abnormal or no normal one, one single score, or a
 *   score that is not finite; an interval also where there are fewer than two groups
 * @throws RangeError where an option is out of range
 */
export function createPixelEvaluator({
  fprLimit = AUPRO_FPR_LIMIT,
  bootstrap = null,
  exactPixels = EXACT_PIXELS,
}: PixelOptions = {}): PixelEvaluator {
  if (!(fprLimit > 0 && fprLimit <= 1))
    throw new RangeError(`The limit of AUPRO must lie in (0, 1], not ${fprLimit}.`);
  const store = createPixelStore(exactPixels);
  const groups = bootstrap === null ? null : createPixelGroups();
  let [images, pixels, abnormalPixels, regions] = [0, 0, 0, 0];
  let areFinite = true;
  return {
    add({ scores, mask, width, height }, group = 0) {
      if (scores.length !== mask.length)
        throw new RangeError(`A map of ${scores.length} pixels does not fit a mask of ${mask.length}.`);
      const { labels, areas } = labelRegions(mask, width, height);
      images++;
      pixels += scores.length;
      for (const area of areas) abnormalPixels += area;
      areFinite &&= scores.every(Number.isFinite);
      if (!areFinite) return;
      const shares = Float64Array.from([0, ...areas], (area) => (area === 0 ? 0 : 1 / area));
      store.add(scores, labels, shares, regions);
      groups?.add(group, scores, labels, shares);
      regions += areas.length;
    },
    finish() {
      const totals: PixelTotals = { abnormal: abnormalPixels, normal: pixels - abnormalPixels, regions };
      const counts = { fprLimit, images, pixels, abnormalPixels, regions };
      const values = new Float64Array(PIXEL_FIGURES.length);
      const sweep = createPixelSweep(totals, fprLimit);
      if (areFinite) store.sweepInto(sweep);
      const { f1Threshold, tiedShare } = sweep.finish(values);
      const reason = areFinite ? reasonOfNone(totals, values) : "A pixel's score is not a finite number.";
      if (reason !== null)
        return { ...unknownPixelFigures(reason), ...counts, f1Threshold: null, aurocTolerance: null };
      const replicates = groups === null || bootstrap === null ? null : groups.resample(bootstrap, fprLimit);
      return {
        ...eachFigure((i) => ({
          ...known(values[i]!),
          interval:
            replicates === null || bootstrap === null
              ? noInterval("Resampling takes two images or clips, or more.")
              : percentileInterval(replicates[i]!, bootstrap.level),
        })),
        ...{ ...counts, f1Threshold, aurocTolerance: store.isExact() ? 0 : tiedShare / 2 },
      };
    },
  };
}

/** No figure at all, for one reason. */
export function unknownPixelFigures(reason: string): PixelFigures {
  return eachFigure(() => unknownEstimate(reason));
}

function reasonOfNone({ abnormal, normal }: PixelTotals, values: Float64Array): string | null {
  if (abnormal + normal === 0) return "There is no scored pixel.";
  if (abnormal === 0) return "Every pixel is normal: ranking needs both classes.";
  if (normal === 0) return "Every pixel is abnormal: ranking needs both classes.";
  return Number.isNaN(values[0]) ? "Every pixel has the same score: there is nothing to rank." : null;
}

function eachFigure(estimate: (index: number) => Estimate): PixelFigures {
  const [auroc, averagePrecision, f1Max, aupro] = PIXEL_FIGURES.map((_, i) => estimate(i));
  return { auroc: auroc!, averagePrecision: averagePrecision!, f1Max: f1Max!, aupro: aupro! };
}
