// The figures: AUROC over the frames of all clips together, and events, nothing of either normalized over a clip.
import {
  type Calibration,
  LANE_DIRECTION,
  type Lane,
  LIVE_SMOOTHING_FRAMES,
  type Measured,
} from "@engram/core";
import {
  createAbnormalityMap,
  deriveEvents,
  labelsToIntervals,
  matchEventsByClip,
  movingMean,
  pooledAuroc,
  type WindowAlignment,
} from "@engram/numerics";
import type { ScoredClip } from "../data/score-clips.ts";
import { REGION_FORMS, type RegionForm } from "./forms.ts";

const WINDOWS = [1, 3, 5, 7, 9, 11, 15, 21, 31];

export interface SmoothingRow {
  readonly frames: number;
  readonly psnr: Readonly<Record<WindowAlignment, Measured>>;
  readonly region: Readonly<Record<WindowAlignment, Measured>>;
}

export function compareSmoothing(clips: readonly ScoredClip[]): SmoothingRow[] {
  const ofLane = (lane: Lane, frames: number) => ({
    CENTRED: aurocOf(clips, (clip) => risk(clip, lane, frames, "CENTRED")),
    TRAILING: aurocOf(clips, (clip) => risk(clip, lane, frames, "TRAILING")),
  });
  return WINDOWS.map((frames) => ({
    frames,
    psnr: ofLane("PSNR", frames),
    region: ofLane("REGION_ERROR", frames),
  }));
}

/** The raw lane, larger = more abnormal, smoothed within its clip. */
function risk(clip: ScoredClip, lane: Lane, frames: number, alignment: WindowAlignment): Float64Array {
  const values = clip.lanes[lane];
  if (values === undefined) throw new Error(`Clip ${clip.name} has no ${lane}.`);
  return movingMean(values, frames, alignment).map((value) => LANE_DIRECTION[lane] * value);
}

function aurocOf(clips: readonly ScoredClip[], scoresOf: (clip: ScoredClip) => Float64Array): Measured {
  return pooledAuroc(clips.map((clip) => ({ scores: scoresOf(clip), labels: clip.labels })));
}

export interface FormRow {
  readonly form: RegionForm;
  readonly raw: Measured;
  /** trailing mean over LIVE_SMOOTHING_FRAMES */
  readonly live: Measured;
  /** centred mean over 15 frames */
  readonly centred: Measured;
}

/** The worst region by what is averaged in it, and by its side. */
export function compareForms(clips: readonly ScoredClip[]): FormRow[] {
  const of = (name: string, frames: number, alignment: WindowAlignment) =>
    aurocOf(clips, ({ measures }) => movingMean(measures[name]!, frames, alignment));
  return REGION_FORMS.map((form) => ({
    form,
    raw: of(form.name, 1, "CENTRED"),
    live: of(form.name, LIVE_SMOOTHING_FRAMES, "TRAILING"),
    centred: of(form.name, 15, "CENTRED"),
  }));
}

type Mix = Readonly<Partial<Record<Lane, number>>>;

const MIXES: readonly Mix[] = [
  { PSNR: 0.6, FEATURE_DISTANCE: 0.4 },
  { REGION_ERROR: 1 },
  { REGION_ERROR: 0.5, PSNR: 0.3, FEATURE_DISTANCE: 0.2 },
];
const SMOOTHINGS = [
  { frames: 3, alignment: "CENTRED" },
  { frames: 5, alignment: "TRAILING" },
  { frames: 15, alignment: "TRAILING" },
] as const;
/** The default policy's. */
const RULES = { enterThreshold: 0.995, leaveThreshold: 0.9, minDurationFrames: 3, mergeGapFrames: 10 };

export interface MixRow {
  readonly mix: Mix;
  readonly frames: number;
  readonly alignment: WindowAlignment;
  /** of abnormality */
  readonly auroc: Measured;
  readonly raised: number;
  readonly truth: number;
  readonly precision: Measured;
  readonly recall: Measured;
}

/** Mixes of lanes under the default policy's thresholds. */
export function compareMixes(clips: readonly ScoredClip[], samples: Calibration["samples"]): MixRow[] {
  return MIXES.flatMap((mix) => {
    const { map, reason } = createAbnormalityMap<Lane>({
      samples,
      directions: LANE_DIRECTION,
      weights: mix,
    });
    if (map === null) throw new Error(reason);
    return SMOOTHINGS.map(({ frames, alignment }) => {
      const abnormalityOf = ({ lanes }: ScoredClip) => movingMean(map.ofColumns(lanes), frames, alignment);
      const { raised, truth, precision, recall } = matchEventsByClip(
        clips.map((clip) => ({
          raised: deriveEvents(abnormalityOf(clip), RULES),
          truth: labelsToIntervals(clip.labels),
        })),
      );
      const figures = { auroc: aurocOf(clips, abnormalityOf), raised, truth, precision, recall };
      return { mix, frames, alignment, ...figures };
    });
  });
}
