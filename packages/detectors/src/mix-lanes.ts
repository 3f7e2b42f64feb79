// One score a frame out of the raw lanes of finished clips, under each normalization.
import { LANE_DIRECTION, type Lane, laneSchema, type Normalization } from "@engram/core";
import { normalizeMinMax, robustStandardization } from "@engram/numerics";

export interface LabelledLanes {
  /** raw lanes, one value a frame, NaN where the frame cannot be scored */
  readonly lanes: Readonly<Partial<Record<Lane, Float32Array>>>;
  /** 1 = abnormal, one a frame */
  readonly labels: Uint8Array;
}

export interface ScoreMix {
  /** share of each lane in the score, summing to 1 */
  readonly weights: Readonly<Partial<Record<Lane, number>>>;
  /** raw lanes of calibration frames: they tell the lanes' scales where nothing is normalized */
  readonly samples: Readonly<Partial<Record<Lane, readonly number[]>>>;
}

export type MixedClips =
  | { readonly scores: readonly Float64Array[]; readonly reason: null }
  | { readonly scores: null; readonly reason: string };

/**
 * Scores of the frames of every clip, larger = more abnormal, NaN where a lane of the mix has a gap.
 *
 *     PER_CLIP, GLOBAL: 1 − Σ weight · normality,  normality = g(x) or 1 − g(x), g = min–max over the clip, or over all
 *     NONE:             Σ weight · (± x / scale),  scale = the lane's spread on calibration frames; 1 for a lone lane
 *
 * PER_CLIP is MNAD's published score.
 *
 * @returns null with a reason where a scale is needed and the lane has no calibration samples
 * @throws RangeError where a clip lacks a lane of the mix, or has not one label a frame
 */
export function mixLanes(
  clips: readonly LabelledLanes[],
  { weights, samples }: ScoreMix,
  normalization: Normalization,
): MixedClips {
  const lanes = laneSchema.options.flatMap((lane) => {
    const weight = weights[lane];
    return weight === undefined || weight === 0 ? [] : [{ lane, weight }];
  });
  const normality = clips.map(({ labels }) => new Float64Array(labels.length));
  for (const { lane, weight } of lanes) {
    const scale = normalization === "NONE" && lanes.length > 1 ? scaleOf(samples[lane]) : 1;
    if (scale === null) {
      return { scores: null, reason: `Lane ${lane} has no calibration samples to be brought to scale by.` };
    }
    const columns = clips.map((clip) => columnOf(clip, lane));
    for (const [clip, column] of normalityOf(columns, normalization, LANE_DIRECTION[lane], scale).entries()) {
      const sum = normality[clip]!;
      for (let i = 0; i < sum.length; i++) sum[i]! += weight * column[i]!;
    }
  }
  const whole = normalization === "NONE" ? 0 : 1;
  return { scores: normality.map((series) => series.map((value) => whole - value)), reason: null };
}

function columnOf({ lanes, labels }: LabelledLanes, lane: Lane): Float32Array {
  const column = lanes[lane];
  if (column === undefined) throw new RangeError(`A clip lacks the lane ${lane}, which the score mixes.`);
  if (column.length !== labels.length) {
    throw new RangeError(`A clip has ${column.length} frames, but ${labels.length} labels.`);
  }
  return column;
}

function scaleOf(samples: readonly number[] | undefined): number | null {
  return samples?.some(Number.isFinite) ? robustStandardization(samples).scale : null;
}

function normalityOf(
  columns: readonly Float32Array[],
  normalization: Normalization,
  direction: 1 | -1,
  scale: number,
): Float64Array[] {
  const turn = (column: Float64Array) => (direction === -1 ? column : column.map((value) => 1 - value));
  switch (normalization) {
    case "PER_CLIP":
      return columns.map((column) => turn(normalizeMinMax(column)));
    case "GLOBAL":
      return normalizeOverAll(columns).map(turn);
    case "NONE":
      return columns.map((column) => Float64Array.from(column, (value) => (-direction * value) / scale));
    default:
      throw normalization satisfies never;
  }
}

function normalizeOverAll(columns: readonly Float32Array[]): Float64Array[] {
  const all = new Float32Array(columns.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  const ends = columns.map((column) => {
    all.set(column, end);
    end += column.length;
    return end;
  });
  const normalized = normalizeMinMax(all);
  return columns.map(({ length }, clip) => normalized.subarray(ends[clip]! - length, ends[clip]));
}
