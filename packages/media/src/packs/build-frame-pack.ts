// Packs are made from the frame archive, or for a video from the video itself, frame after frame: never a whole clip
// in memory.
import { AppError } from "@engram/core";
import type { BlobStore } from "@engram/storage";
import { type FrameArchive, readArchivedFrame } from "../archives/frame-archive.ts";
import { throwIfCanceled } from "../canceled.ts";
import { DECODE_CONCURRENCY, decodeFrame } from "../images/decode-frame.ts";
import { collapseNeutral, type RawImage, withChannels } from "../images/raw-image.ts";
import { createResizer, type Resizer } from "../images/resize.ts";
import { mapOrdered } from "../ordered-map.ts";
import { decodeVideo } from "../video/decode-video.ts";
import type { FramePack } from "./frame-pack.ts";

/** Where a stored clip's pixels are. A video is decoded again from its file: its archive holds lossy proxies. */
export type ClipPixels =
  | { readonly kind: "ARCHIVE"; readonly archive: Pick<FrameArchive, "hash" | "index"> }
  | {
      readonly kind: "VIDEO";
      readonly sourceHash: string;
      readonly width: number;
      readonly height: number;
      readonly frameCount: number;
    };

export interface FramePackOptions {
  /** what errors call the clip */
  readonly clipName: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly signal?: AbortSignal;
  onFrame?(framesDone: number): void;
}

/** Decodes and resizes (`createResizer`) every frame of a clip. @throws AppError DECODE_FAILED, CANCELED */
export async function buildFramePack(
  store: BlobStore,
  pixels: ClipPixels,
  options: FramePackOptions,
): Promise<FramePack & { readonly frameCount: number }> {
  const { width, height, channels } = options;
  let frameCount = 0;
  const fit = createFitter(options);
  const bytes = async function* () {
    for await (const image of decodeClip(store, pixels, options)) {
      throwIfCanceled(options.signal);
      yield fit(image);
      frameCount++;
      options.onFrame?.(frameCount);
    }
    const expected = pixels.kind === "VIDEO" ? pixels.frameCount : pixels.archive.index.length / 2;
    if (frameCount !== expected) {
      throw new AppError(
        "DECODE_FAILED",
        `${options.clipName} gave ${frameCount} frames when decoded, ${expected} were expected.`,
      );
    }
  };
  const { hash } = await store.put(bytes());
  return { blobHash: hash, width, height, channels, frameCount };
}

const SAMPLED_FRAMES = 8;

/** 1 where the clip is grey, 3 where it has colour, judged by up to 8 frames spread over it (a video: its first 8). */
export async function clipChannels(store: BlobStore, pixels: ClipPixels, clipName: string): Promise<1 | 3> {
  for await (const image of sampleClip(store, pixels, clipName)) {
    if (collapseNeutral(image).channels === 3) return 3;
  }
  return 1;
}

async function* sampleClip(store: BlobStore, pixels: ClipPixels, clipName: string): AsyncGenerator<RawImage> {
  if (pixels.kind === "VIDEO") {
    let taken = 0;
    for await (const image of decodeClip(store, pixels, { clipName })) {
      yield image;
      if (++taken === SAMPLED_FRAMES) return;
    }
    return;
  }
  const frameCount = pixels.archive.index.length / 2;
  const taken = Math.min(SAMPLED_FRAMES, frameCount);
  for (let i = 0; i < taken; i++) {
    yield decodeArchived(store, pixels.archive, Math.floor((i * frameCount) / taken), clipName);
  }
}

function decodeClip(
  store: BlobStore,
  pixels: ClipPixels,
  options: { readonly clipName: string; readonly signal?: AbortSignal },
): AsyncGenerator<RawImage> {
  switch (pixels.kind) {
    case "ARCHIVE": {
      const frames = Array.from({ length: pixels.archive.index.length / 2 }, (_, i) => i);
      return mapOrdered(frames, DECODE_CONCURRENCY, (i) =>
        decodeArchived(store, pixels.archive, i, options.clipName),
      );
    }
    case "VIDEO":
      return decodeStoredVideo(store, pixels, options);
    default:
      throw pixels satisfies never;
  }
}

async function* decodeStoredVideo(
  store: BlobStore,
  pixels: Extract<ClipPixels, { kind: "VIDEO" }>,
  options: { readonly clipName: string; readonly signal?: AbortSignal },
): AsyncGenerator<RawImage> {
  const path = await store.materialize(pixels.sourceHash);
  yield* decodeVideo(path, {
    ...options,
    name: options.clipName,
    width: pixels.width,
    height: pixels.height,
  });
}

async function decodeArchived(
  store: BlobStore,
  archive: Pick<FrameArchive, "hash" | "index">,
  frameIndex: number,
  clipName: string,
): Promise<RawImage> {
  const name = `Frame ${frameIndex} of ${clipName}`;
  const picture = await readArchivedFrame(store, archive, frameIndex);
  if (picture === null) throw new AppError("DECODE_FAILED", `${name} has no picture.`);
  return decodeFrame(picture, name);
}

function createFitter(options: FramePackOptions): (image: RawImage) => Uint8Array {
  const { width, height, channels } = options;
  // Frames of a clip have one size as a rule; where they have not, there is one resizer for each.
  const resizers = new Map<string, Resizer>();
  return (image) => {
    const key = `${image.width}×${image.height}`;
    const resize = resizers.get(key) ?? createResizer(image, { width, height }, channels);
    resizers.set(key, resize);
    const fitted = new Uint8Array(width * height * channels);
    resize(withChannels(image, channels).data, fitted);
    return fitted;
  };
}
