// How well raised regions find the abnormal objects of a video: the region- and track-based detection criteria.
import { type BootstrapOptions, noInterval, percentileInterval, resampleClips } from "./bootstrap.ts";
import { type Estimate, unknownEstimate } from "./frame-figures.ts";
import { known } from "./measured.ts";
import { createPartialArea } from "./partial-area.ts";
import { rankDescending } from "./rank-order.ts";
import {
  createRegionLedger,
  type RegionFrame,
  type RegionLedger,
  type ScoredInClips,
} from "./region-ledger.ts";
import { type RankedFrames, rankFrames } from "./threshold-sweep.ts";

export interface RegionCriteriaOptions {
  /** β: intersection over union from which on a raised region finds a true one; default 0.1 */
  readonly overlap?: number;
  /** α: share of a track's regions that have to be found for the track to be; default 0.1 */
  readonly trackShare?: number;
  /** false regions a frame up to which the curves are taken; default 1 */
  readonly falseLimit?: number;
  /** null: no intervals */
  readonly bootstrap?: BootstrapOptions | null;
}

export interface RegionEvaluation {
  /** region-based detection criterion */
  readonly rbdc: Estimate;
  /** track-based detection criterion */
  readonly tbdc: Estimate;
  readonly frames: number;
  /** of the ground truth, over all frames */
  readonly regions: number;
  /** of the ground truth: regions of neighbouring frames that overlap are one track */
  readonly tracks: number;
  /** false regions a frame with every raised region counted: where the curves end; null where there is no frame */
  readonly falseRegionsPerFrame: number | null;
  readonly overlap: number;
  readonly trackShare: number;
  readonly falseLimit: number;
}

export interface RegionEvaluator {
  /**
   * @param clip its frames come one after the other, in order
   * @throws RangeError where mask or labels are not width · height, or a raised region has no finite score
   */
  add(frame: RegionFrame, clip?: number): void;
  finish(): RegionEvaluation;
}

/**
 * RBDC and TBDC (Ramachandra and Jones, "Street Scene: A new dataset and evaluation protocol for video anomaly
 * detection", WACV 2020, arXiv 1902.05872): over thresholds s of the raised regions' scores,
 *
 *     found(R, s)   = some raised region D of R's frame has score(D) ≥ s and |D ∩ R| / |D ∪ R| ≥ β
 *     RBDR(s)       = share of the true regions found
 *     TBDR(s)       = share of the true tracks of whose regions a share of α or more is found
 *     FPR(s)        = raised regions of score ≥ s that overlap every true region of their frame by less than β / frames
 *     RBDC, TBDC    = 1/limit ∫₀^limit RBDR, TBDR dFPR, with limit 1 false region a frame
 *
 * One raised region may find several true ones. Regions are sets of pixels, 8-connected. Ours, where the paper has
 * annotated boxes and track numbers: without those, true regions that share a pixel in neighbouring frames are of one
 * track, so that objects which touch are one. Between two thresholds the curve is a straight line; where all raised
 * regions together stay below the limit it goes on level.
 *
 * @returns null with a reason where there is no frame or no true region; 0 where none is found
 * @throws RangeError where an option is out of range
 */
export function createRegionEvaluator({
  overlap = 0.1,
  trackShare = 0.1,
  falseLimit = 1,
  bootstrap = null,
}: RegionCriteriaOptions = {}): RegionEvaluator {
  for (const share of [overlap, trackShare]) {
    if (!(share > 0 && share <= 1)) throw new RangeError(`A share must lie in (0, 1], not ${share}.`);
  }
  if (!(falseLimit > 0))
    throw new RangeError(`The limit of false regions must be above 0, not ${falseLimit}.`);
  const ledger = createRegionLedger(overlap);
  return {
    add: (frame, clip = 0) => ledger.add(frame, clip),
    finish() {
      const frames = sumOf(ledger.framesOfClips);
      const tracks = ledger.tracks(trackShare);
      const estimate = (truth: ScoredInClips) => areaOf(truth, ledger, falseLimit, bootstrap);
      return {
        ...{ rbdc: estimate(ledger.found), tbdc: estimate(tracks) },
        ...{ frames, regions: ledger.found.scores.length, tracks: tracks.scores.length },
        falseRegionsPerFrame: frames === 0 ? null : ledger.missed.scores.length / frames,
        ...{ overlap, trackShare, falseLimit },
      };
    },
  };
}

function areaOf(
  truth: ScoredInClips,
  { missed, framesOfClips }: RegionLedger,
  limit: number,
  bootstrap: BootstrapOptions | null,
): Estimate {
  const reason =
    framesOfClips.length === 0
      ? "There is no scored frame."
      : truth.scores.length === 0
        ? "The ground truth has no abnormal region."
        : null;
  if (reason !== null) return unknownEstimate(reason);
  const truthOfClips = framesOfClips.map(() => 0);
  for (const clip of truth.clips) truthOfClips[clip]!++;
  const ranked = rankRegions(truth, missed);
  const area = (drawn: ArrayLike<number>): number =>
    sweepRegions(ranked, drawn, weigh(truthOfClips, drawn), weigh(framesOfClips, drawn), limit);
  const value = area(framesOfClips.map(() => 1));
  if (bootstrap === null || framesOfClips.length < 2)
    return { ...known(value), interval: noInterval("Resampling takes two clips or more.") };
  const replicates = new Float64Array(bootstrap.replicates);
  resampleClips(framesOfClips.length, bootstrap, (replicate, drawn) => {
    replicates[replicate] = area(drawn);
  });
  return { ...known(value), interval: percentileInterval(replicates, bootstrap.level) };
}

/** True regions (or tracks) that are found at some threshold as positives, false ones as negatives. */
function rankRegions(truth: ScoredInClips, missed: ScoredInClips): RankedFrames {
  const foundAt = [...truth.scores.keys()].filter((i) => truth.scores[i] !== -Infinity);
  const scores = Float64Array.from([...foundAt.map((i) => truth.scores[i]!), ...missed.scores]);
  const clipOf = Uint32Array.from([...foundAt.map((i) => truth.clips[i]!), ...missed.clips]);
  const labels = new Uint8Array(scores.length).fill(1, 0, foundAt.length);
  return rankFrames({ scores, labels, clipOf }, rankDescending(scores));
}

/** NaN where no true region was drawn. */
function sweepRegions(
  ranked: RankedFrames,
  drawn: ArrayLike<number>,
  truth: number,
  frames: number,
  limit: number,
): number {
  if (truth === 0) return Number.NaN;
  const area = createPartialArea(limit);
  let [found, missed] = [0, 0];
  for (const region of ranked) {
    const times = drawn[region >> 2]!;
    if (region & 2) found += times;
    else missed += times;
    if (region & 1) area.to(missed / frames, found / truth);
  }
  return area.finish();
}

function weigh(counts: readonly number[], drawn: ArrayLike<number>): number {
  let sum = 0;
  for (const [clip, count] of counts.entries()) sum += count * drawn[clip]!;
  return sum;
}

function sumOf(counts: readonly number[]): number {
  return weigh(counts, new Uint8Array(counts.length).fill(1));
}
