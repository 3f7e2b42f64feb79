// From raw lanes to abnormality in [0, 1], by what is known of normal frames: no clip has to be finished first.
import { quantileOfSorted, robustStandardization } from "./quantile.ts";

/** Fewer calibration frames than this say nothing about a tail. */
export const MIN_CALIBRATION_FRAMES = 8;
/** Share of the calibration frames on each side that the fitted tails stand for. */
const TAIL_SHARE = 0.05;
/**
 * Shape ξ of the generalized Pareto tails. A plain exponential (ξ = 0) rounds to 1 beyond 34 mean excesses, and
 * anomalies do go there; ξ = ¼ stays close to it near the threshold and keeps frames apart up to 10,000.
 */
const TAIL_SHAPE = 0.25;

export interface MixCalibration<L extends string = string> {
  /** raw lanes of calibration frames, the same frame at the same index in every lane */
  readonly samples: Readonly<Partial<Record<L, ArrayLike<number>>>>;
  /** +1 where a larger value speaks for an anomaly, −1 where against */
  readonly directions: Readonly<Record<L, 1 | -1>>;
  /** 0 or more; a lane without weight, or with 0, does not take part. Only their proportions matter */
  readonly weights: Readonly<Partial<Record<L, number>>>;
}

export interface AbnormalityMap<L extends string = string> {
  /** lanes that take part, and that a frame must therefore have */
  readonly lanes: readonly L[];
  /** calibration frames that had all of these lanes */
  readonly frameCount: number;
  /** abnormality of one frame; null where a lane that takes part is missing or not finite */
  readonly ofFrame: (values: Readonly<Partial<Record<L, number | null>>>) => number | null;
  /** abnormality of many frames, float64, a gap as NaN */
  readonly ofColumns: (columns: Readonly<Partial<Record<L, ArrayLike<number>>>>) => Float64Array;
}

export type AbnormalityMapResult<L extends string = string> =
  | { readonly map: AbnormalityMap<L>; readonly reason: null }
  | { readonly map: null; readonly reason: string };

interface MixTerm<L extends string> {
  readonly lane: L;
  readonly center: number;
  /** weight · direction / scale */
  readonly factor: number;
}

/**
 * Abnormality of a frame: where the mix of its lanes falls among normal (calibration) frames.
 *
 *     z = Σ_lane weight · direction · (x − median) / scale          scale: `robustStandardization`
 *
 *     abnormality(z) = 0.05 · tail((q05 − z) / low)                 z < q05
 *                      interpolated empirical CDF of the mix        q05 ≤ z ≤ q95
 *                      1 − 0.05 · tail((z − q95) / high)            z > q95
 *
 *     tail(u) = (1 + ξu)^(−1/ξ), ξ = ¼, with low and high = (1 − ξ) · mean excess of the calibration frames beyond
 *
 * q05 and q95 are the mix's type 7 quantiles; equal mixes share their mean rank. The tails are generalized Pareto
 * with their scale by the method of moments (Pickands, 1975), shape fixed: frames more extreme than every
 * calibration frame keep their order and approach 0 or 1. Where no calibration frame lies beyond a quantile, its
 * excess counts as 1, one robust deviation. The map is strictly increasing in z, up to rounding, so that it changes
 * no ranking; where all mixes are equal it steps from below 0.05 over ½ to above 0.95.
 *
 * @returns the map, or null with a reason where no lane has weight, a lane with weight has no samples, or fewer than
 *   8 calibration frames have all lanes
 * @throws RangeError where a weight is negative or not finite, or the lanes' samples differ in length
 */
export function createAbnormalityMap<L extends string>(
  calibration: MixCalibration<L>,
): AbnormalityMapResult<L> {
  const lanes = weightedLanes(calibration.weights);
  if (lanes.length === 0) return { map: null, reason: "No lane has a weight in the mix." };
  const missing = lanes.find((lane) => calibration.samples[lane] === undefined);
  if (missing !== undefined)
    return { map: null, reason: `There are no calibration samples of lane ${missing}.` };
  const columns = completeFrames(lanes, calibration.samples);
  const frameCount = columns[0]!.length;
  if (frameCount < MIN_CALIBRATION_FRAMES) {
    const reason = `Abnormality needs ${MIN_CALIBRATION_FRAMES} calibration frames with every lane of the mix; there are ${frameCount}.`;
    return { map: null, reason };
  }
  const terms = lanes.map((lane, index): MixTerm<L> => {
    const { center, scale } = robustStandardization(columns[index]!);
    return { lane, center, factor: (calibration.weights[lane]! * calibration.directions[lane]) / scale };
  });
  const distribution = fitDistribution(mixColumns(terms, columns).sort());
  return { map: makeMap(lanes, frameCount, terms, distribution), reason: null };
}

function makeMap<L extends string>(
  lanes: readonly L[],
  frameCount: number,
  terms: readonly MixTerm<L>[],
  distribution: (z: number) => number,
): AbnormalityMap<L> {
  return {
    lanes,
    frameCount,
    ofFrame: (values) => {
      let z = 0;
      for (const { lane, center, factor } of terms) {
        const value = values[lane];
        if (value === undefined || value === null) return null;
        z += factor * (value - center);
      }
      return Number.isFinite(z) ? distribution(z) : null;
    },
    ofColumns: (columns) => {
      const present = lanes.map((lane) => {
        const column = columns[lane];
        if (column === undefined) throw new RangeError(`Lane ${lane} of the mix is missing.`);
        return column;
      });
      requireEqualLengths(lanes, present);
      const z = mixColumns(terms, present);
      for (let i = 0; i < z.length; i++) z[i] = Number.isFinite(z[i]!) ? distribution(z[i]!) : Number.NaN;
      return z;
    },
  };
}

function weightedLanes<L extends string>(weights: Readonly<Partial<Record<L, number>>>): L[] {
  const lanes: L[] = [];
  for (const lane of Object.keys(weights) as L[]) {
    const weight = weights[lane];
    if (weight === undefined) continue;
    if (!(weight >= 0 && weight < Infinity))
      throw new RangeError(`Lane ${lane} has the weight ${weight}; it must be 0 or more.`);
    if (weight > 0) lanes.push(lane);
  }
  return lanes;
}

/** Columns of the frames that are finite in every lane. */
function completeFrames<L extends string>(
  lanes: readonly L[],
  samples: Readonly<Partial<Record<L, ArrayLike<number>>>>,
): Float64Array[] {
  const columns = lanes.map((lane) => samples[lane]!);
  requireEqualLengths(lanes, columns);
  const kept: number[] = [];
  for (let i = 0; i < columns[0]!.length; i++) {
    if (columns.every((column) => Number.isFinite(column[i]!))) kept.push(i);
  }
  return columns.map((column) => Float64Array.from(kept, (i) => column[i]!));
}

function requireEqualLengths(lanes: readonly string[], columns: readonly ArrayLike<number>[]): void {
  const frames = columns[0]!.length;
  const odd = columns.findIndex((column) => column.length !== frames);
  if (odd !== -1) {
    throw new RangeError(
      `Lanes must be equally long: ${lanes[0]} has ${frames} frames, ${lanes[odd]} has ${columns[odd]!.length}.`,
    );
  }
}

function mixColumns<L extends string>(
  terms: readonly MixTerm<L>[],
  columns: readonly ArrayLike<number>[],
): Float64Array {
  const z = new Float64Array(columns[0]!.length);
  for (const [index, { center, factor }] of terms.entries()) {
    const column = columns[index]!;
    for (let i = 0; i < z.length; i++) z[i] = z[i]! + factor * (column[i]! - center);
  }
  return z;
}

/** The increasing function of `createAbnormalityMap` for a sorted sample of mixes. */
function fitDistribution(sorted: Float64Array): (z: number) => number {
  const lower = quantileOfSorted(sorted, TAIL_SHARE);
  const upper = quantileOfSorted(sorted, 1 - TAIL_SHARE);
  const lowScale = (1 - TAIL_SHAPE) * meanExcess(sorted, (z) => lower - z);
  const highScale = (1 - TAIL_SHAPE) * meanExcess(sorted, (z) => z - upper);
  const { positions, shares } = bodyKnots(sorted, lower, upper);
  return (z) => {
    if (z < lower) return TAIL_SHARE * tail((lower - z) / lowScale);
    if (z > upper) return 1 - TAIL_SHARE * tail((z - upper) / highScale);
    return interpolate(positions, shares, z);
  };
}

function tail(u: number): number {
  return (1 + TAIL_SHAPE * u) ** (-1 / TAIL_SHAPE);
}

function meanExcess(sorted: Float64Array, excessOf: (z: number) => number): number {
  let sum = 0;
  let count = 0;
  for (const z of sorted) {
    const excess = excessOf(z);
    if (excess > 0) {
      sum += excess;
      count++;
    }
  }
  return count === 0 ? 1 : sum / count;
}

/** Knots of the empirical CDF from (lower, 0.05) to (upper, 0.95), both coordinates strictly increasing. */
function bodyKnots(
  sorted: Float64Array,
  lower: number,
  upper: number,
): { positions: number[]; shares: number[] } {
  if (lower === upper) return { positions: [lower], shares: [0.5] };
  const positions = [lower];
  const shares = [TAIL_SHARE];
  for (let first = 0; first < sorted.length; ) {
    const z = sorted[first]!;
    let last = first;
    while (sorted[last + 1] === z) last++;
    if (z > lower && z < upper) {
      positions.push(z);
      shares.push((first + last) / 2 / (sorted.length - 1));
    }
    first = last + 1;
  }
  positions.push(upper);
  shares.push(1 - TAIL_SHARE);
  return { positions, shares };
}

/** Piecewise linear through the knots, for z between the first and the last. */
function interpolate(positions: readonly number[], shares: readonly number[], z: number): number {
  let low = 0;
  let high = positions.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (positions[middle]! <= z) low = middle;
    else high = middle;
  }
  const start = positions[low]!;
  const width = positions[high]! - start;
  if (width === 0) return shares[low]!;
  return shares[low]! + ((z - start) / width) * (shares[high]! - shares[low]!);
}
