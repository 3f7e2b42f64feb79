// The error maps of a run as they are stored, one frame at a time.
import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { type BackgroundRule, type ErrorMapKind, FRAMES_PER_BLOCK } from "@engram/core";
import { type ErrorMapBlockRow, readErrorMapBlock, readHistogram, type ScoredClip } from "@engram/db";
import {
  correctErrorMap,
  dequantizeErrorMap,
  estimateBackgroundError,
  type SizedMap,
} from "@engram/numerics";
import type { JobContext } from "../jobs/job-context.ts";

const inflateAsync = promisify(inflate);

export type FrameMaps = Partial<Record<ErrorMapKind, SizedMap>> & Record<"RAW", SizedMap>;

/** null where the frame has no map: it was not scored, or its map has expired. */
export type StoredMaps = (frameIndex: number) => Promise<FrameMaps | null>;

/**
 * The maps of a clip, frames asked for in order. CORRECTED is made of RAW and of the stored histogram, as in scoring:
 * max(0, error − τ).
 *
 * @param rule null: there is no corrected map
 */
export function openStoredMaps(
  { db, blobs }: Pick<JobContext, "db" | "blobs">,
  clip: ScoredClip,
  rule: BackgroundRule | null,
): StoredMaps {
  let blockNumber = -1;
  let block: ErrorMapBlockRow | null = null;
  return async (frameIndex) => {
    if (Math.floor(frameIndex / FRAMES_PER_BLOCK) !== blockNumber) {
      blockNumber = Math.floor(frameIndex / FRAMES_PER_BLOCK);
      block = await readErrorMapBlock(db, clip, frameIndex);
    }
    const raw = block && (await readMap(blobs, block, frameIndex % FRAMES_PER_BLOCK));
    if (raw === null) return null;
    const histogram = rule && (await readHistogram(db, clip, frameIndex));
    if (rule === null || histogram === null) return { RAW: raw };
    const backgroundError = estimateBackgroundError(histogram.counts, rule);
    return { RAW: raw, CORRECTED: { ...raw, values: correctErrorMap(raw.values, backgroundError) } };
  };
}

async function readMap(
  blobs: JobContext["blobs"],
  { offsets, blobHash, width, height, scaleMax, bitsPerPixel }: ErrorMapBlockRow,
  position: number,
): Promise<SizedMap | null> {
  const [start, end] = [offsets[position], offsets[position + 1]];
  if (start === undefined || end === undefined || start === end) return null;
  const packed = await blobs.read(blobHash, { start, length: end - start });
  const values = dequantizeErrorMap(await inflateAsync(packed), scaleMax, bitsPerPixel);
  return { values, width, height };
}
