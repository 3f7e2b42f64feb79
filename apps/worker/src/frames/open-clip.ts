// A stored clip as the source of frames that detectors read: its frame pack at the model's input size, built where
// there is none yet.

import { AppError, type ClipKind } from "@engram/core";
import { type Clip, findFramePack, saveFramePack } from "@engram/db";
import type { FrameSource } from "@engram/detectors";
import {
  buildFramePack,
  type ClipPixels,
  clipChannels,
  decodeArchiveIndex,
  type FramePack,
  openFramePack,
} from "@engram/media";
import type { JobContext } from "../jobs/job-context.ts";

export interface OpenClip extends FrameSource {
  readonly kind: ClipKind;
  close(): Promise<void>;
}

type Tools = Pick<JobContext, "db" | "blobs" | "signal">;

/** The clip's frames as uint8 [size, size, channels]; close it. `onFrame` hears of frames that had to be decoded. */
export async function openClip(
  tools: Tools,
  clip: Clip,
  size: number,
  onFrame?: (framesDone: number) => void,
): Promise<OpenClip> {
  const pixels = pixelsOf(clip);
  const channels = await clipChannels(tools.blobs, pixels, clip.name);
  const shape = { width: size, height: size, channels };
  const kept = await findFramePack(tools.db, clip.id, shape);
  const { blobHash } = kept ?? (await makePack(tools, clip, pixels, shape, onFrame));
  const reader = await openFramePack(tools.blobs, { ...shape, blobHash });
  return {
    name: clip.name,
    kind: clip.kind,
    frameCount: reader.frameCount,
    channels: reader.channels,
    read: (start, count) => reader.read(start, count),
    close: () => reader.close(),
  };
}

async function makePack(
  { db, blobs, signal }: Tools,
  clip: Clip,
  pixels: ClipPixels,
  shape: Omit<FramePack, "blobHash">,
  onFrame: ((framesDone: number) => void) | undefined,
) {
  const options = { ...shape, clipName: clip.name, signal, ...(onFrame && { onFrame }) };
  const { blobHash } = await buildFramePack(blobs, pixels, options);
  return saveFramePack(db, clip.id, shape, blobHash);
}

function pixelsOf(clip: Clip): ClipPixels {
  if (clip.sourceHash !== null) {
    const { sourceHash, width, height, frameCount } = clip;
    return { kind: "VIDEO", sourceHash, width, height, frameCount };
  }
  if (clip.archiveHash === null || clip.archiveIndex === null) {
    throw new AppError("INTERNAL", `Clip "${clip.name}" has neither a video nor an archive of frames.`);
  }
  return {
    kind: "ARCHIVE",
    archive: { hash: clip.archiveHash, index: decodeArchiveIndex(clip.archiveIndex) },
  };
}
