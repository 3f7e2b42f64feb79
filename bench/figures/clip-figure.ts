// What the figures of all video detectors show alike: one abnormal frame of a test clip of the synthetic scene and what
// the detector made of it, and the clip's timeline, each lane mapped to abnormality by the calibration frames.
import { LANE_DIRECTION, type Lane } from "@engram/core";
import {
  type Detector,
  type FrameResult,
  type FrameSource,
  openScorer,
  smoothErrorMap,
} from "@engram/detectors";
import type { Device, Program, Step } from "@engram/engine";
import { createAbnormalityMap } from "@engram/numerics";
// Figures look inside: what a network makes of a frame is no output of the platform's steps.
import { emptyBatch, placeWindow } from "../../packages/detectors/src/frames.ts";
import type { TrainedOnScene } from "../data/train-on-scene.ts";
import { type Panel, panelRow, timeline } from "./blocks.ts";
import type { Block } from "./canvas.ts";
import { heat, pictureOf } from "./pictures.ts";

/** Width by height of the scene's frames, which the networks see squeezed to squares. */
export const SCENE_ASPECT = 3 / 2;

export interface ScoredClip {
  readonly source: FrameSource;
  readonly labels: readonly number[];
  /** by frame; without a window, none */
  readonly frames: ReadonlyMap<number, FrameResult>;
}

export async function scoreClip(trained: TrainedOnScene, device: Device, name: string): Promise<ScoredClip> {
  const clip = trained.testClips.find(({ source }) => source.name === name);
  if (clip === undefined) throw new Error(`The scene has no test clip "${name}".`);
  const scorer = await openScorer({ ...trained, device, memory: "FROZEN" });
  const frames = new Map<number, FrameResult>();
  for await (const result of scorer.scoreClip(clip.source)) frames.set(result.frameIndex, result);
  await scorer.dispose();
  return { ...clip, frames };
}

/** The frame in the middle of the clip's first abnormal stretch: no frame is picked for its looks. */
export function middleOfAnomaly({ labels }: ScoredClip): number {
  const first = labels.indexOf(1);
  const end = labels.indexOf(0, first);
  return Math.floor((first + (end === -1 ? labels.length : end)) / 2);
}

/** The outputs of `step`, compiled for one window, for a frame of a clip. */
export async function openLook(
  { hyperparameters: { size }, windowFrames, scoredFrame }: Detector,
  device: Device,
  step: Step,
): Promise<{ at(source: FrameSource, frame: number): ReturnType<Program["run"]>; dispose(): Promise<void> }> {
  const program = await device.compile(step, {});
  return {
    async at(source, frame) {
      const shape = { size, channels: source.channels, windowFrames };
      const batch = emptyBatch(1, shape);
      const pixels = await source.read(frame - scoredFrame, windowFrames);
      placeWindow(batch, 0, pixels, source.channels, shape);
      return program.run({ ...batch });
    },
    dispose: () => program.dispose(),
  };
}

interface Shown {
  readonly clip: ScoredClip;
  readonly frame: number;
  readonly size: number;
}

/** The frame as the network sees it, float32 [size, size, channels] in [0, 1]. */
export async function frameOf({ source }: ScoredClip, frame: number): Promise<Float32Array> {
  return Float32Array.from(await source.read(frame, 1), (value) => value / 255);
}

/** The frame, what was made of it, where they differ, and what of that is not the background's. */
export async function frameRow(
  { clip, frame, size }: Shown,
  titles: { readonly seen: string; readonly made: string },
  seen: ArrayLike<number>,
  made: ArrayLike<number>,
): Promise<Block> {
  const { errorMap, corrected } = clip.frames.get(frame)!;
  if (corrected === null) throw new Error("The calibration learned no background error.");
  const panels: Panel[] = [
    { title: titles.seen, content: pictureOf(seen, size) },
    { title: titles.made, content: pictureOf(made, size) },
    ...errorPanels(errorMap, corrected, size),
  ];
  return panelRow(panels, SCENE_ASPECT);
}

/** Both maps on one scale. */
export function errorPanels(
  errorMap: Float32Array,
  corrected: NonNullable<FrameResult["corrected"]>,
  size: number,
): Panel[] {
  const smooth = smoothErrorMap(errorMap, size);
  const largest = roundUp(smooth.reduce((most, error) => Math.max(most, error), 0));
  const panel = (title: string, map: Float32Array): Panel => ({
    ...{ title, content: heat(map, size, largest), largest },
  });
  return [
    panel("Error", smooth),
    panel(`Error less τ = ${corrected.backgroundError.toFixed(3)}`, smoothErrorMap(corrected.errorMap, size)),
  ];
}

/** To one significant digit. */
export function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((Math.ceil(value / unit) * unit).toPrecision(1));
}

const LANE_NAMES: Readonly<Partial<Record<Lane, string>>> = {
  PSNR: "PSNR",
  FEATURE_DISTANCE: "Feature distance",
  FEATURE_PSNR: "Feature PSNR",
  ABSOLUTE_ERROR: "Absolute error",
  REGION_ERROR: "Region error",
  CORRECTED_ERROR: "Corrected error",
};

/** Abnormality by each lane alone. */
export function clipTimeline(
  { samples }: TrainedOnScene["calibration"],
  { clip, frame }: Shown,
  lanes: readonly Lane[],
): Block {
  return timeline({
    labels: clip.labels,
    shownFrame: frame,
    lanes: lanes.map((lane) => {
      const { map, reason } = createAbnormalityMap<Lane>({
        ...{ samples, directions: LANE_DIRECTION, weights: { [lane]: 1 } },
      });
      if (map === null) throw new Error(reason);
      const values = clip.labels.map((_, index) => {
        const value = map.ofFrame(clip.frames.get(index)?.lanes ?? {});
        return value ?? Number.NaN;
      });
      return { name: LANE_NAMES[lane] ?? lane, values };
    }),
  });
}
