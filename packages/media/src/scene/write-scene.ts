// A data set that can be made anywhere: a footpath under a camera, in the MNAD layout, with labels and pixel masks.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { throwIfCanceled } from "../canceled.ts";
import { encodeRawPng } from "../images/encode-png.ts";
import type { RawImage } from "../images/raw-image.ts";
import { mapOrdered } from "../ordered-map.ts";
import { paintBackground } from "./background.ts";
import { renderFrame, type Stage } from "./render-clip.ts";
import { castOf, type SceneClip, sceneClips } from "./scene-clips.ts";
import { createView } from "./view.ts";

export interface SceneOptions {
  readonly seed?: number;
  readonly width?: number;
  readonly height?: number;
  readonly trainingClips?: number;
  readonly trainingFrames?: number;
  readonly testFrames?: number;
  readonly signal?: AbortSignal;
  onFrame?(framesDone: number, frameCount: number): void;
}

export interface WrittenSceneClip extends SceneClip {
  readonly frameCount: number;
  /** abnormal stretches, first and last frame, counted from 0 */
  readonly abnormal: readonly { readonly first: number; readonly last: number }[];
}

export interface WrittenScene {
  readonly frameCount: number;
  readonly clips: readonly WrittenSceneClip[];
}

const DEFAULTS = { seed: 7, width: 240, height: 160, trainingClips: 8, trainingFrames: 150, testFrames: 120 };
/** Fewer visible pixels than this share of the picture do not make a frame abnormal: a wheel at the edge. */
const LEAST_MARKED_SHARE = 0.0006;
const ENCODERS = 3;
const JPEG_QUALITY = 92;

/**
 * Writes training/frames, testing/frames, masks and frame_labels.json below `folder`, which is made. The same options
 * give the same pixels, and with the same version of sharp the same bytes. The picture should be 3:2.
 *
 * @throws AppError CANCELED
 */
export async function writeSyntheticScene(folder: string, options: SceneOptions = {}): Promise<WrittenScene> {
  const { seed, width, height, trainingClips, trainingFrames, testFrames } = { ...DEFAULTS, ...options };
  const view = createView(width, height);
  const background = paintBackground(view, seed);
  const planned = sceneClips(trainingClips).map((clip) => ({
    clip,
    frameCount: clip.split === "TRAIN" ? trainingFrames : testFrames,
  }));
  const total = planned.reduce((sum, { frameCount }) => sum + frameCount, 0);
  const clips: WrittenSceneClip[] = [];
  const labels: Record<string, number[]> = {};
  let done = 0;
  for (const [i, { clip, frameCount }] of planned.entries()) {
    const clipSeed = Math.imul(seed + 1, 7919) + 104_729 * i;
    const cast = castOf(clip, view, clipSeed, frameCount);
    const stage = { width, height, background, cast, seed: clipSeed };
    const clipLabels = await writeClip(folder, clip, stage, frameCount, () => {
      throwIfCanceled(options.signal);
      options.onFrame?.(++done, total);
    });
    if (clip.split === "TEST") labels[clip.name] = clipLabels;
    clips.push({ ...clip, frameCount, abnormal: stretches(clipLabels) });
  }
  await writeFile(join(folder, "frame_labels.json"), `${JSON.stringify(labels)}\n`);
  return { frameCount: total, clips };
}

async function writeClip(
  folder: string,
  clip: SceneClip,
  stage: Stage,
  frameCount: number,
  onFrame: () => void,
): Promise<number[]> {
  const isTest = clip.split === "TEST";
  const frames = join(folder, isTest ? "testing" : "training", "frames", clip.name);
  const masks = join(folder, "masks", clip.name);
  await mkdir(frames, { recursive: true });
  if (isTest) await mkdir(masks, { recursive: true });
  const leastMarked = LEAST_MARKED_SHARE * stage.width * stage.height;
  const indices = Array.from({ length: frameCount }, (_, frame) => frame);
  const labels: number[] = [];
  for await (const label of mapOrdered(indices, ENCODERS, async (frame) => {
    const { image, mask, markedPixels } = renderFrame(stage, frame);
    const isAbnormal = markedPixels >= leastMarked;
    if (!isAbnormal) mask.data.fill(0);
    const name = String(frame).padStart(3, "0");
    await writeFile(join(frames, `${name}.jpg`), await encodeJpeg(image));
    if (isTest) await writeFile(join(masks, `${name}.png`), await encodeRawPng(mask));
    return isAbnormal ? 1 : 0;
  })) {
    labels.push(label);
    onFrame();
  }
  return labels;
}

function encodeJpeg({ width, height, channels, data }: RawImage): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels } })
    .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: "4:4:4" })
    .toBuffer();
}

function stretches(labels: readonly number[]): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  labels.forEach((label, frame) => {
    if (label === 0) return;
    const previous = found.at(-1);
    if (previous?.last === frame - 1) previous.last = frame;
    else found.push({ first: frame, last: frame });
  });
  return found;
}
