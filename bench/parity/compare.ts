// Our lanes of each test clip against the reference's.
import { auroc, mixNormality } from "@engram/numerics";
import type { ScoredClip } from "../data/score-clips.ts";
import type { Reference, ReferenceClip } from "./reference.ts";

/** Largest |ours − reference| / |reference| of a frame. */
export const MAX_RELATIVE = 1e-4;
/** Of the AUROC, in [0, 1]: 0.05 points of a hundred. */
export const MAX_AUROC_DIFFERENCE = 5e-4;

export interface ClipParity {
  readonly clip: string;
  readonly frames: number;
  readonly relativePsnr: number;
  readonly relativeDistance: number;
}

export interface Parity {
  readonly clips: readonly ClipParity[];
  readonly maxRelativePsnr: number;
  readonly maxRelativeDistance: number;
  /** MNAD protocol, of our lanes and as the reference gives its own */
  readonly auroc: number;
  readonly referenceAuroc: number;
}

export function compareWithReference(clips: readonly ScoredClip[], reference: Reference): Parity {
  if (clips.length !== reference.clips.length) {
    throw new Error(`The reference has ${reference.clips.length} clips, the data set ${clips.length}.`);
  }
  const rows = clips.map((clip, i) => compareClip(clip, reference.clips[i]!));
  return {
    clips: rows,
    maxRelativePsnr: Math.max(...rows.map(({ relativePsnr }) => relativePsnr)),
    maxRelativeDistance: Math.max(...rows.map(({ relativeDistance }) => relativeDistance)),
    auroc: mnadAuroc(clips, reference.settings.lambda),
    referenceAuroc: reference.figures.published,
  };
}

export function isMatch(parity: Parity): boolean {
  return (
    parity.maxRelativePsnr <= MAX_RELATIVE &&
    parity.maxRelativeDistance <= MAX_RELATIVE &&
    Math.abs(parity.auroc - parity.referenceAuroc) <= MAX_AUROC_DIFFERENCE
  );
}

function compareClip(clip: ScoredClip, expected: ReferenceClip): ClipParity {
  if (clip.name !== expected.clip) throw new Error(`Clip ${clip.name} came where ${expected.clip} was due.`);
  const { psnr, distance } = scoredLanes(clip);
  return {
    clip: clip.name,
    frames: psnr.length,
    relativePsnr: largestRelative(psnr, expected.psnr),
    relativeDistance: largestRelative(distance, expected.featureDistance),
  };
}

function largestRelative(ours: Float64Array, expected: readonly number[]): number {
  if (ours.length !== expected.length) {
    throw new Error(`The reference has ${expected.length} frames of a clip, here are ${ours.length}.`);
  }
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(ours[i]! - value) / Math.abs(value)), 0);
}

/** Per-clip min–max of both lanes, mixed by λ, over the scored frames of all clips together. */
function mnadAuroc(clips: readonly ScoredClip[], lambda: number): number {
  const scores: number[] = [];
  const labels: number[] = [];
  for (const clip of clips) {
    const { psnr, distance, truth } = scoredLanes(clip);
    for (const normality of mixNormality(psnr, distance, lambda)) scores.push(1 - normality);
    labels.push(...truth);
  }
  const { value, reason } = auroc(scores, labels);
  if (value === null) throw new Error(`No AUROC: ${reason}`);
  return value;
}

function scoredLanes({ name, lanes, labels }: ScoredClip) {
  const { PSNR: psnr, FEATURE_DISTANCE: distance } = lanes;
  if (!psnr || !distance) throw new Error(`Clip ${name} has no PSNR or no feature distance.`);
  const isScored = (_: unknown, frame: number) => Number.isFinite(psnr[frame]);
  return { psnr: psnr.filter(isScored), distance: distance.filter(isScored), truth: labels.filter(isScored) };
}
