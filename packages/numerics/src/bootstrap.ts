// Confidence intervals by resampling whole clips: the frames of one clip resemble each other too much to be drawn
// one by one.
import { quantileOfSorted } from "./quantile.ts";
import { mulberry32 } from "./random.ts";

export interface BootstrapOptions {
  /** resamples drawn, 1 or more */
  readonly replicates: number;
  /** share of the distribution between the ends, in (0, 1) */
  readonly level: number;
  readonly seed: number;
}

export interface Interval {
  /** null with a reason where no interval can be told */
  readonly low: number | null;
  readonly high: number | null;
  readonly reason: string | null;
}

/**
 * Draws resamples of the clips, with replacement, as many clips as there are (Efron, 1979; clustered by clip).
 *
 * @param clipCount 0 or more; of fewer than 2 nothing is drawn, since every resample would be the same
 * @param visit gets the replicate's number and how often each clip was drawn; the array is used again
 * @throws RangeError where replicates is not a positive integer
 */
export function resampleClips(
  clipCount: number,
  { replicates, seed }: Pick<BootstrapOptions, "replicates" | "seed">,
  visit: (replicate: number, drawn: Uint32Array) => void,
): void {
  if (!(Number.isInteger(replicates) && replicates > 0)) {
    throw new RangeError(`The number of bootstrap replicates must be a positive integer, not ${replicates}.`);
  }
  if (clipCount < 2) return;
  const random = mulberry32(seed);
  const drawn = new Uint32Array(clipCount);
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawn.fill(0);
    for (let i = 0; i < clipCount; i++) drawn[Math.floor(random() * clipCount)]!++;
    visit(replicate, drawn);
  }
}

/**
 * Percentile interval of a figure's replicates: the quantiles (type 7) at (1 − level) / 2 and (1 + level) / 2.
 *
 * @param replicates one value a resample, NaN where the figure is undefined on it; these are left out
 * @returns ends null with a reason where fewer than half of the resamples have a value: what is left would tell of
 *   favourable resamples only
 * @throws RangeError where level is outside (0, 1)
 */
export function percentileInterval(replicates: Float64Array, level: number): Interval {
  if (!(level > 0 && level < 1)) throw new RangeError(`A level must lie between 0 and 1, not ${level}.`);
  const defined = replicates.filter(Number.isFinite).sort();
  if (defined.length === 0) return noInterval("The figure is defined on no resample of the clips.");
  if (2 * defined.length < replicates.length) {
    return noInterval(
      `The figure is defined on ${defined.length} of ${replicates.length} resamples of the clips only.`,
    );
  }
  return {
    low: quantileOfSorted(defined, (1 - level) / 2),
    high: quantileOfSorted(defined, (1 + level) / 2),
    reason: null,
  };
}

export function noInterval(reason: string): Interval {
  return { low: null, high: null, reason };
}
