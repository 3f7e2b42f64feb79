// One clip looked at: sizes, counts and times, without storing or fully decoding a picture (a video is decoded once:
// nothing less tells its frames).
import { lstat } from "node:fs/promises";
import { join, posix } from "node:path";
import { throwIfCanceled } from "../canceled.ts";
import { DECODE_CONCURRENCY } from "../images/decode-frame.ts";
import { inspectPicture, type PictureFacts } from "../images/inspect-picture.ts";
import { readWhole } from "../layouts/files.ts";
import type { ClipFiles } from "../layouts/layout.ts";
import { mapOrdered } from "../ordered-map.ts";
import { probeVideo } from "../video/probe-video.ts";
import type { PlanClip } from "./import-plan.ts";
import { pictureName, quarantineSentence, unlabelled } from "./plan-clip.ts";
import { surveyPictures } from "./survey-pictures.ts";

export interface SurveyedClip {
  readonly clip: PlanClip;
  readonly sizeBytes: number;
  /** one sentence each */
  readonly warnings: readonly string[];
  /** of an IMAGES clip, sha256 by file: a picture may have no copy of itself in another split */
  readonly hashes: ReadonlyMap<string, string> | null;
}

/** @throws AppError CANCELED, UNAVAILABLE. A clip that cannot be decoded is returned with its quarantine reason. */
export async function surveyClip(
  root: string,
  files: ClipFiles,
  signal: AbortSignal | undefined,
): Promise<SurveyedClip> {
  const { kind, source } = files;
  if (source.kind === "VIDEO") return surveyVideo(root, files, source.file, signal);
  return kind === "IMAGES"
    ? surveyPictures(root, files, source.files, signal)
    : surveyFrames(root, files, source.files, signal);
}

async function surveyFrames(
  root: string,
  clip: ClipFiles,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<SurveyedClip> {
  let sizeBytes = 0;
  let first: PictureFacts | null = null;
  let odd: { file: string; facts: PictureFacts } | null = null;
  let isAllJpeg = true;
  let quarantineReason = files.length === 0 ? `Clip ${clip.name} holds no picture.` : null;
  const looks = mapOrdered(files, DECODE_CONCURRENCY, async (file) => {
    const bytes = await readWhole(root, file, "DECODE_FAILED");
    sizeBytes += bytes.byteLength;
    return { file, facts: await inspectPicture(bytes, pictureName(file)) };
  });
  try {
    for await (const { file, facts } of looks) {
      throwIfCanceled(signal);
      first ??= facts;
      isAllJpeg &&= facts.format === "JPEG";
      if (facts.width !== first.width || facts.height !== first.height) odd ??= { file, facts };
    }
  } catch (err) {
    quarantineReason = quarantineSentence(err);
  }
  const warnings =
    first !== null && odd !== null
      ? [
          `Clip ${clip.name} has pictures of unequal sizes: ${first.width}×${first.height} and, in ${pictureName(odd.file)}, ${odd.facts.width}×${odd.facts.height}.`,
        ]
      : [];
  return {
    clip: {
      ...unlabelled(clip),
      source: { kind: "FRAMES", files, mediaType: isAllJpeg ? "image/jpeg" : "image/png" },
      width: first?.width ?? 0,
      height: first?.height ?? 0,
      frameCount: files.length,
      quarantineReason,
    },
    sizeBytes,
    warnings,
    hashes: null,
  };
}

async function surveyVideo(
  root: string,
  clip: ClipFiles,
  file: string,
  signal: AbortSignal | undefined,
): Promise<SurveyedClip> {
  const path = join(root, file);
  const sizeBytes = (await lstat(path)).size;
  const name = posix.basename(file);
  try {
    const probe = await probeVideo(path, { name, ...(signal === undefined ? {} : { signal }) });
    const { ptsMs, complaint, ...facts } = probe;
    return {
      clip: { ...unlabelled(clip), source: { kind: "VIDEO", file, ptsMs }, ...facts },
      sizeBytes,
      warnings: complaint === null ? [] : [`${name} is damaged: the decoder says "${complaint}".`],
      hashes: null,
    };
  } catch (err) {
    const quarantineReason = quarantineSentence(err);
    const source = { kind: "VIDEO", file, ptsMs: new Float64Array(0) } as const;
    return { clip: { ...unlabelled(clip), source, quarantineReason }, sizeBytes, warnings: [], hashes: null };
  }
}
