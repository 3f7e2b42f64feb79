// One clip of a plan taken into the store: frames, masks, labels. A picture that cannot be decoded sets the whole
// clip aside with a reason; the import goes on with the next.
import { join, posix } from "node:path";
import { AppError, type ClipKind, type Split } from "@engram/core";
import type { BlobStore } from "@engram/storage";
import { archivedFrameCount, type FrameArchive, writeFrameArchive } from "../archives/frame-archive.ts";
import { throwIfCanceled } from "../canceled.ts";
import { DECODE_CONCURRENCY, decodeFrame } from "../images/decode-frame.ts";
import { encodePng } from "../images/encode-png.ts";
import { imageFormat } from "../images/image-format.ts";
import { countAbnormal } from "../labels/frame-labels.ts";
import { readWhole } from "../layouts/files.ts";
import { mapOrdered } from "../ordered-map.ts";
import { videoProxies } from "../video/video-proxies.ts";
import type { ImportPlan, PlanClip } from "./import-plan.ts";
import { ingestMasks } from "./ingest-masks.ts";
import { pictureName, quarantineSentence } from "./plan-clip.ts";

export interface IngestedLabels {
  /** uint8 [frameCount], 1 = abnormal */
  readonly labels: Uint8Array;
  readonly abnormalCount: number;
  readonly masks: FrameArchive | null;
}

export type IngestedClip = {
  readonly name: string;
  readonly split: Split;
  readonly kind: ClipKind;
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  /** file name of each picture of an IMAGES clip; empty for a video */
  readonly frameNames: readonly string[];
  /** as the plan has them */
  readonly frameSizes: Uint32Array | null;
  readonly frameRate: number | null;
  /** float64 [frameCount], null where the source knows no times */
  readonly ptsMs: Float64Array | null;
} & (
  | {
      readonly state: "READY";
      readonly archive: FrameArchive;
      /** the video file as it came; null for pictures */
      readonly sourceHash: string | null;
      readonly labels: IngestedLabels | null;
    }
  | { readonly state: "QUARANTINED"; readonly quarantineReason: string }
);

export interface IngestOptions {
  readonly signal?: AbortSignal;
  /** frames of this clip that are stored */
  onFrame?(framesDone: number): void;
}

/** @throws AppError CANCELED, and whatever the store throws */
export async function ingestClip(
  store: BlobStore,
  plan: Pick<ImportPlan, "root">,
  clip: PlanClip,
  options: IngestOptions = {},
): Promise<IngestedClip> {
  const { name, split, kind, width, height, frameCount, frameSizes, frameRate } = clip;
  const ptsMs = clip.source.kind === "VIDEO" ? clip.source.ptsMs : null;
  const frameNames = kind === "IMAGES" ? pictureNames(clip) : [];
  const facts = { name, split, kind, width, height, frameCount, frameNames, frameSizes, frameRate, ptsMs };
  if (clip.quarantineReason !== null) {
    return { ...facts, state: "QUARANTINED", quarantineReason: clip.quarantineReason };
  }
  try {
    const archive = await writeFrameArchive(
      store,
      mediaTypeOf(clip),
      counted(framesOf(plan.root, clip, options), options),
    );
    assertComplete(clip, archive);
    const labels = await ingestLabels(store, plan.root, clip, options.signal);
    const { source } = clip;
    const sourceHash =
      source.kind === "VIDEO" ? (await store.putFile(join(plan.root, source.file))).hash : null;
    return { ...facts, state: "READY", archive, sourceHash, labels };
  } catch (err) {
    return { ...facts, state: "QUARANTINED", quarantineReason: quarantineSentence(err) };
  }
}

function pictureNames({ source }: PlanClip): string[] {
  return source.kind === "FRAMES" ? source.files.map((file) => posix.basename(file)) : [];
}

function mediaTypeOf(clip: PlanClip): FrameArchive["mediaType"] {
  return clip.source.kind === "VIDEO" ? "image/jpeg" : clip.source.mediaType;
}

function framesOf(root: string, clip: PlanClip, options: IngestOptions): AsyncGenerator<Uint8Array> {
  const { source } = clip;
  switch (source.kind) {
    case "FRAMES":
      return mapOrdered(source.files, DECODE_CONCURRENCY, (file) => storable(root, file, source.mediaType));
    case "VIDEO": {
      const signal = options.signal === undefined ? {} : { signal: options.signal };
      return videoProxies(join(root, source.file), { name: posix.basename(source.file), ...signal });
    }
    default:
      throw source satisfies never;
  }
}

/** JPEG and PNG stay byte for byte; what a browser does not show becomes a lossless PNG. All are decoded, as proof. */
async function storable(
  root: string,
  file: string,
  mediaType: FrameArchive["mediaType"],
): Promise<Uint8Array> {
  const bytes = await readWhole(root, file, "DECODE_FAILED");
  const image = await decodeFrame(bytes, pictureName(file));
  const format = imageFormat(bytes);
  const isAsItShouldBe = format === (mediaType === "image/jpeg" ? "JPEG" : "PNG");
  return isAsItShouldBe ? bytes : encodePng(bytes, image);
}

async function* counted(
  frames: AsyncGenerator<Uint8Array>,
  options: IngestOptions,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const frame of frames) {
    throwIfCanceled(options.signal);
    yield frame;
    options.onFrame?.(++done);
  }
}

function assertComplete(clip: PlanClip, archive: FrameArchive): void {
  const stored = archivedFrameCount(archive);
  if (stored === clip.frameCount) return;
  throw new AppError(
    "DECODE_FAILED",
    `Clip ${clip.name} gave ${stored} frames when it was stored, but ${clip.frameCount} when it was inspected.`,
  );
}

async function ingestLabels(
  store: BlobStore,
  root: string,
  clip: PlanClip,
  signal: AbortSignal | undefined,
): Promise<IngestedLabels | null> {
  const masks = clip.masks === null ? null : await ingestMasks(store, root, clip.masks, signal);
  const labels = clip.labels ?? masks?.labels;
  if (labels === undefined) return null;
  return { labels, abnormalCount: countAbnormal(labels), masks: masks?.archive ?? null };
}
