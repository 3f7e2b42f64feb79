// Where in a frame it is abnormal: error maps by block, and masks with their regions for flagged frames.
import { FRAMES_PER_BLOCK } from "@engram/core";
import { z } from "zod";
import type { Database } from "./database.ts";
import { unpackUint32 } from "./packing.ts";
import type { ErrorMapBlockRow, FrameMask, ScoredClip } from "./score-tables.ts";

const uint32Schema = z.instanceof(Uint8Array).transform(unpackUint32);

const errorMapBlockSchema = z.object({
  block: z.int(),
  width: z.int(),
  height: z.int(),
  scaleMax: z.number(),
  bitsPerPixel: z.literal([8, 16]),
  frameCount: z.int(),
  blobHash: z.string(),
  offsets: uint32Schema,
  retention: z.enum(["KEEP", "EXPIRABLE"]),
});

/** The block that the frame lies in; null where the run has no maps there (or they have expired). */
export async function readErrorMapBlock(
  db: Database,
  { scoringRunId, clipId }: ScoredClip,
  frameIndex: number,
): Promise<ErrorMapBlockRow | null> {
  const { rows } = await db.pool.query(
    `SELECT block, width, height, "scaleMax", "bitsPerPixel", "frameCount", "blobHash", offsets, retention
     FROM error_map_block WHERE "scoringRunId" = $1 AND "clipId" = $2 AND block = $3`,
    [scoringRunId, clipId, Math.floor(frameIndex / FRAMES_PER_BLOCK)],
  );
  return errorMapBlockSchema.optional().parse(rows[0]) ?? null;
}

const regionSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int(),
  height: z.int(),
  areaPx: z.int(),
  centroidX: z.number(),
  centroidY: z.number(),
  peak: z.number(),
});

const maskSchema = z.object({
  frameIndex: z.int(),
  width: z.int(),
  height: z.int(),
  threshold: z.number(),
  areaPx: z.int(),
  runs: uint32Schema,
  regions: z.array(regionSchema),
});

/** null where the frame was not flagged. */
export async function readMask(
  db: Database,
  clip: ScoredClip,
  frameIndex: number,
): Promise<FrameMask | null> {
  const [mask] = await readMasks(db, clip, frameIndex, frameIndex);
  return mask ?? null;
}

/** The flagged frames from `fromFrame` to `toFrame`, both inclusive, in order; regions by falling peak. */
export async function readMasks(
  db: Database,
  { scoringRunId, clipId }: ScoredClip,
  fromFrame: number,
  toFrame: number,
): Promise<FrameMask[]> {
  const { rows } = await db.pool.query(
    `SELECT mask."frameIndex", mask.width, mask.height, mask.threshold, mask."areaPx", mask.runs,
       coalesce(jsonb_agg(to_jsonb(region) ORDER BY region.peak DESC, region.id)
         FILTER (WHERE region.id IS NOT NULL), '[]') AS regions
     FROM localization_mask mask LEFT JOIN localization_region region ON region."maskId" = mask.id
     WHERE mask."scoringRunId" = $1 AND mask."clipId" = $2 AND mask."frameIndex" BETWEEN $3 AND $4
     GROUP BY mask.id ORDER BY mask."frameIndex"`,
    [scoringRunId, clipId, fromFrame, toFrame],
  );
  return z.array(maskSchema).parse(rows);
}
