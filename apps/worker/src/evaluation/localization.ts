// How well a run finds where its frames are abnormal: stored error maps by pixels, raised regions by objects, against
// the masks of the ground truth. Frame by frame: nothing is kept of one but counts.
import {
  AppError,
  type BackgroundRule,
  type ErrorMapKind,
  errorMapKindSchema,
  type LocalizationFigures,
} from "@engram/core";
import { type Clip, type ClipSummary, type FrameLabels, findClip, type ScoringRun } from "@engram/db";
import {
  type BootstrapOptions,
  createPixelEvaluator,
  createRegionEvaluator,
  type PixelEvaluation,
  type PixelEvaluator,
  type RegionEvaluation,
  type RegionEvaluator,
  stretchErrorMap,
  unknownEstimate,
  unknownPixelFigures,
} from "@engram/numerics";
import type { JobContext } from "../jobs/job-context.ts";
import { startPhase } from "../progress.ts";
import { openRaisedRegions, type RegionsOfFrames } from "./raised-regions.ts";
import { type FrameMaps, openStoredMaps } from "./stored-maps.ts";
import { openTruthMasks, type TruthMask } from "./truth-masks.ts";

/** Pictures are resampled one by one up to so many, beyond in groups of neighbours. */
const MOST_GROUPS = 400;

export interface TruthClip {
  readonly clip: ClipSummary;
  readonly truth: FrameLabels;
  readonly isScored: (frameIndex: number) => boolean;
}

export interface LocalizationOptions {
  /** how a frame's background error is told; null: there are no corrected maps */
  readonly rule: BackgroundRule | null;
  readonly bootstrap: BootstrapOptions;
}

/**
 * Figures over the scored frames of which the ground truth says where they are abnormal. Maps are compared at the
 * masks' size (`stretchErrorMap`), raised regions too, by the nearest pixel.
 */
export async function measureLocalization(
  context: JobContext,
  run: ScoringRun,
  clips: readonly TruthClip[],
  options: LocalizationOptions,
): Promise<LocalizationFigures> {
  const hasMasks = clips.some(({ truth }) => truth.maskHash !== null);
  const comparison = new Comparison(run, clips, options);
  if (hasMasks) {
    const total = clips.reduce((sum, { clip }) => sum + clip.frameCount, 0);
    const phase = startPhase({ ...context, phase: "localize", unit: "frames", total });
    let done = 0;
    for (const truthClip of clips) {
      await comparison.addClip(context, truthClip, (frames) => phase.update(done + frames));
      done += truthClip.clip.frameCount;
    }
  }
  return comparison.finish(hasMasks ? null : "The ground truth has no masks.");
}

class Comparison {
  private readonly run: ScoringRun;
  private readonly rule: BackgroundRule | null;
  private readonly areVideos: boolean;
  private readonly framesPerGroup: number;
  private readonly maps: Readonly<Record<ErrorMapKind, PixelEvaluator>>;
  private readonly regions: RegionEvaluator;
  private clipsBefore = 0;
  private pictures = 0;
  private framesLeftOut = 0;
  private framesWithoutMap = 0;
  private hasCorrected = false;
  /** of the clip at hand; null before its first */
  private lastFrame: number | null = null;

  constructor(run: ScoringRun, clips: readonly TruthClip[], { rule, bootstrap }: LocalizationOptions) {
    this.run = run;
    this.rule = rule;
    this.areVideos = clips.some(({ clip }) => clip.kind === "VIDEO");
    const pictures = clips.reduce((sum, { clip }) => sum + clip.frameCount, 0);
    this.framesPerGroup = Math.ceil(pictures / MOST_GROUPS);
    this.maps = { RAW: createPixelEvaluator({ bootstrap }), CORRECTED: createPixelEvaluator({ bootstrap }) };
    this.regions = createRegionEvaluator({ bootstrap });
  }

  async addClip(context: JobContext, one: TruthClip, onFrame: (frames: number) => void): Promise<void> {
    const { db, job, signal } = context;
    const clip = await findClip(db, job.projectId, one.clip.id);
    if (clip === null) throw new AppError("NOT_FOUND", `Clip "${one.clip.name}" does not exist any more.`);
    const scored = { scoringRunId: this.run.id, clipId: clip.id };
    const truthOf = openTruthMasks(context, clip, one.truth);
    const mapsOf = openStoredMaps(context, scored, this.rule);
    const regionsOf = openRaisedRegions(context, scored);
    this.lastFrame = null;
    for (let frame = 0; frame < clip.frameCount; frame++) {
      signal.throwIfAborted();
      if (one.isScored(frame)) {
        const truth = await truthOf(frame);
        if (truth === null) this.framesLeftOut++;
        else await this.addFrame(clip, frame, truth, await mapsOf(frame), regionsOf);
      }
      onFrame(frame + 1);
    }
    this.clipsBefore++;
  }

  private async addFrame(
    clip: Clip,
    frame: number,
    { mask, width, height }: TruthMask,
    maps: FrameMaps | null,
    regionsOf: RegionsOfFrames,
  ): Promise<void> {
    const group = this.groupOf(clip);
    if (maps === null) this.framesWithoutMap++;
    for (const kind of errorMapKindSchema.options) {
      const map = maps?.[kind];
      if (map === undefined) continue;
      const scores = stretchErrorMap(map, width, height).values;
      this.maps[kind].add({ scores, mask, width, height }, group);
      if (kind === "CORRECTED") this.hasCorrected = true;
    }
    const raised = await regionsOf(frame, width, height);
    const follows = clip.kind === "VIDEO" && this.lastFrame === frame - 1;
    this.regions.add({ truth: mask, ...raised, width, height, follows }, group);
    this.lastFrame = frame;
  }

  /** What is resampled as one: a clip, a picture. */
  private groupOf({ kind }: Clip): number {
    return kind === "VIDEO" ? this.clipsBefore : -1 - Math.floor(this.pictures++ / this.framesPerGroup);
  }

  finish(noMasks: string | null): LocalizationFigures {
    const regions = this.regions.finish();
    const raw = this.maps.RAW.finish();
    const { framesWithoutMap } = this;
    const noMaps =
      framesWithoutMap === 0 ? null : `The error maps of ${framesWithoutMap} scored frames have expired.`;
    return {
      ...{ frames: regions.frames, framesLeftOut: this.framesLeftOut },
      ...{ pixels: raw.pixels, abnormalPixels: raw.abnormalPixels },
      pixelFigures: [
        pixelFigures("RAW", raw, noMasks ?? noMaps),
        ...(this.hasCorrected ? [pixelFigures("CORRECTED", this.maps.CORRECTED.finish(), noMaps)] : []),
      ],
      ...this.regionFigures(regions, noMasks),
    };
  }

  private regionFigures(evaluation: RegionEvaluation, noMasks: string | null) {
    const { rbdc, tbdc, falseLimit, overlap, trackShare, falseRegionsPerFrame } = evaluation;
    const noRegions =
      this.run.maskThreshold === null ? "Calibration gave no threshold to raise regions by." : null;
    const noTracks = this.areVideos ? null : "Pictures do not follow each other: there are no tracks.";
    const noRbdc = noMasks ?? noRegions;
    const noTbdc = noMasks ?? noTracks ?? noRegions;
    return {
      ...{ regions: evaluation.regions, tracks: this.areVideos ? evaluation.tracks : 0 },
      rbdc: noRbdc === null ? rbdc : unknownEstimate(noRbdc),
      tbdc: noTbdc === null ? tbdc : unknownEstimate(noTbdc),
      ...{ falseLimit, overlap, trackShare },
      falseRegionsPerFrame: noRbdc === null ? falseRegionsPerFrame : null,
    };
  }
}

function pixelFigures(
  map: ErrorMapKind,
  evaluation: PixelEvaluation,
  reason: string | null,
): LocalizationFigures["pixelFigures"][number] {
  const { fprLimit, f1Threshold, aurocTolerance } = evaluation;
  if (reason !== null)
    return { map, ...unknownPixelFigures(reason), fprLimit, f1Threshold: null, aurocTolerance: null };
  const { auroc, averagePrecision, f1Max, aupro } = evaluation;
  return { map, auroc, averagePrecision, f1Max, aupro, fprLimit, f1Threshold, aurocTolerance };
}
