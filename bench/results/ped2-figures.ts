// What a run on Ped2 is worth, as AUROC over the frames of all clips that have a score.
import {
  type Architecture,
  LANE_DIRECTION,
  type Lane,
  type LaneMix,
  LIVE_SMOOTHING_FRAMES,
  type Measured,
  publishedMix,
  type TrainableArchitecture,
} from "@engram/core";
import { type LabelledLanes, mixLanes } from "@engram/detectors";
import { movingMean, pooledAuroc, smoothGaussian, type WindowAlignment } from "@engram/numerics";
import { SQUARED_TWELFTH } from "../region/forms.ts";
import type { Ped2Run } from "./ped2.ts";

/** Frame AUROC in percent: the papers' own, of networks of full size on frames of 256 × 256 pixels. */
export const PUBLISHED: Readonly<Partial<Record<Architecture, number>>> = {
  MNAD_PREDICTION: 97.0,
  MNAD_RECONSTRUCTION: 90.2,
  MEMAE: 94.1,
  MPN: 96.9,
};

/** Frames of the centred mean: chosen on the synthetic scene (docs/adr/0008-region-error.md). */
export const CENTRED_FRAMES = 15;

export interface Ped2Figures {
  /** the architecture's own score: its mix of lanes, each min–max normalized over its clip */
  readonly published: Measured;
  /** each lane of that mix alone, normalized so too */
  readonly lanes: Readonly<Partial<Record<Lane, Measured>>>;
  /** nothing normalized: the error of the whole frame, and of its worst region by smoothing */
  readonly wholeFrame: Measured;
  readonly region: Measured;
  readonly regionLive: Measured;
  readonly regionCentred: Measured;
  /** of squared errors in place of absolute ones */
  readonly squaredCentred: Measured;
}

export function ped2Figures(run: Ped2Run): Ped2Figures {
  const mix = publishedMix(run.architecture, run.hyperparameters as never);
  const clips = run.clips.map(
    ({ lanes, labels }): LabelledLanes => ({
      lanes: Object.fromEntries(
        Object.entries(lanes).map(([lane, values]) => [lane, Float32Array.from(values)]),
      ),
      labels: Uint8Array.from(labels),
    }),
  );
  const ownSmoothing = SMOOTHED.includes(run.architecture);
  return {
    published: perClip(clips, mix, ownSmoothing),
    lanes: Object.fromEntries(
      Object.keys(mix).map((lane) => [lane, perClip(clips, { [lane]: 1 }, ownSmoothing)]),
    ),
    wholeFrame: raw(clips, "PREDICTION_ERROR", 1, "CENTRED"),
    region: raw(clips, "REGION_ERROR", 1, "CENTRED"),
    regionLive: raw(clips, "REGION_ERROR", LIVE_SMOOTHING_FRAMES, "TRAILING"),
    regionCentred: raw(clips, "REGION_ERROR", CENTRED_FRAMES, "CENTRED"),
    squaredCentred: pooledAuroc(
      run.clips.map(({ measures, labels }) => ({
        scores: movingMean(measures[SQUARED_TWELFTH]!, CENTRED_FRAMES, "CENTRED"),
        labels,
      })),
    ),
  };
}

/** MPN's published score is smoothed by its filter of 15 taps. */
const SMOOTHED: readonly TrainableArchitecture[] = ["MPN"];

function perClip(clips: readonly LabelledLanes[], weights: LaneMix, isSmoothed: boolean): Measured {
  const { scores, reason } = mixLanes(clips, { weights, samples: {} }, "PER_CLIP");
  if (scores === null) return { value: null, reason };
  return pooledAuroc(
    scores.map((series, clip) => ({
      scores: isSmoothed ? smoothGaussian(series) : series,
      labels: clips[clip]!.labels,
    })),
  );
}

function raw(
  clips: readonly LabelledLanes[],
  lane: Lane,
  frames: number,
  alignment: WindowAlignment,
): Measured {
  const risks = clips.map(({ lanes, labels }) => {
    const smoothed = movingMean(lanes[lane]!, frames, alignment);
    return { scores: smoothed.map((value) => LANE_DIRECTION[lane] * value), labels };
  });
  return pooledAuroc(risks);
}
