// A clip's scores in a run: written whole or not at all, read by ranges of blocks.
import { AppError, FRAMES_PER_BLOCK, HISTOGRAM_BINS, laneSchema } from "@engram/core";
import type pg from "pg";
import { z } from "zod";
import { copyRows } from "./copy.ts";
import { type Database, inTransaction } from "./database.ts";
import type { HistogramKind } from "./generated/prisma/client.ts";
import { unpackFloat32, unpackUint32 } from "./packing.ts";
import {
  type ErrorMapBlockRow,
  errorMapTable,
  type FrameMask,
  type HistogramBlock,
  histogramTable,
  identifyMask,
  maskTable,
  type PyramidChunk,
  pyramidTable,
  regionTable,
  type ScoreBlock,
  type ScoredClip,
  scoreBlockTable,
} from "./score-tables.ts";

/** What is known so far: the caller gives a part for each block, or all in one. */
export interface ClipScorePart {
  readonly scoreBlocks?: readonly ScoreBlock[];
  readonly pyramid?: readonly PyramidChunk[];
  readonly histograms?: readonly HistogramBlock[];
  readonly errorMaps?: readonly ErrorMapBlockRow[];
  /** of the flagged frames */
  readonly masks?: readonly FrameMask[];
}

/**
 * Writes a clip's scores in one transaction, in which what an earlier attempt had written for the clip in this run
 * goes first. Parts are taken one by one, so that a long clip is never in memory as a whole.
 *
 * @throws AppError CONFLICT where the run has ended meanwhile: then nothing was written
 */
export function writeClipScores(
  db: Database,
  clip: ScoredClip,
  parts: Iterable<ClipScorePart> | AsyncIterable<ClipScorePart>,
): Promise<void> {
  return inTransaction(db, async (client) => {
    await deleteClipScores(client, clip);
    for await (const part of parts) {
      await copyRows(client, scoreBlockTable(clip), part.scoreBlocks ?? []);
      await copyRows(client, pyramidTable(clip), part.pyramid ?? []);
      await copyRows(client, histogramTable(clip), part.histograms ?? []);
      await copyRows(client, errorMapTable(clip), part.errorMaps ?? []);
      const masks = (part.masks ?? []).map(identifyMask);
      await copyRows(client, maskTable(clip), masks);
      const regions = masks.flatMap(({ id, regions }) =>
        regions.map((region) => ({ ...region, maskId: id })),
      );
      await copyRows(client, regionTable, regions);
    }
    await requireOpenRun(client, clip.scoringRunId);
  });
}

/** Whoever ends the run waits for this transaction, and takes back what it wrote; or was first, and is seen here. */
async function requireOpenRun(client: pg.ClientBase, scoringRunId: string): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM scoring_run WHERE id = $1 AND state IN ('PENDING', 'RUNNING') FOR SHARE`,
    [scoringRunId],
  );
  if (rowCount === 0)
    throw new AppError("CONFLICT", "The scoring run has ended: its scores are not written.");
}

async function deleteClipScores(client: pg.ClientBase, { scoringRunId, clipId }: ScoredClip): Promise<void> {
  const tables = [
    ...["frame_score_block", "score_pyramid", "error_histogram_block"],
    ...["error_map_block", "localization_mask"],
  ];
  for (const table of tables) {
    await client.query(`DELETE FROM ${table} WHERE "scoringRunId" = $1 AND "clipId" = $2`, [
      scoringRunId,
      clipId,
    ]);
  }
}

/** The clips of the run whose scores are there: a later attempt leaves them out. */
export async function listScoredClipIds(db: Database, scoringRunId: string): Promise<string[]> {
  const { rows } = await db.pool.query(
    `SELECT DISTINCT "clipId" AS id FROM frame_score_block WHERE "scoringRunId" = $1`,
    [scoringRunId],
  );
  return z
    .array(z.object({ id: z.uuid() }))
    .parse(rows)
    .map(({ id }) => id);
}

const bytesSchema = z.instanceof(Uint8Array);
const scoreBlockSchema = z.object({
  block: z.int(),
  frameCount: z.int(),
  lanes: z.array(laneSchema),
  values: bytesSchema.transform(unpackFloat32),
  statistics: z.array(
    z.object({
      min: z.number().nullable(),
      max: z.number().nullable(),
      mean: z.number().nullable(),
      count: z.int(),
    }),
  ),
});

/** Blocks `fromBlock` to `toBlock`, both inclusive, in order. */
export async function readScoreBlocks(
  db: Database,
  { scoringRunId, clipId }: ScoredClip,
  fromBlock: number,
  toBlock: number,
): Promise<ScoreBlock[]> {
  const { rows } = await db.pool.query(
    `SELECT block, "frameCount", lanes, values, (
       SELECT jsonb_agg(jsonb_build_object('min', min, 'max', max, 'mean', mean, 'count', count) ORDER BY lane)
       FROM unnest(mins, maxs, means, counts) WITH ORDINALITY AS lane (min, max, mean, count, lane)
     ) AS statistics
     FROM frame_score_block
     WHERE "scoringRunId" = $1 AND "clipId" = $2 AND block BETWEEN $3 AND $4 ORDER BY block`,
    [scoringRunId, clipId, fromBlock, toBlock],
  );
  return z.array(scoreBlockSchema).parse(rows);
}

const pyramidSchema = z.object({
  level: z.int(),
  chunk: z.int(),
  bucketCount: z.int(),
  lanes: z.array(laneSchema),
  values: bytesSchema.transform(unpackFloat32),
});

/** Chunks `fromChunk` to `toChunk` of one level, both inclusive, in order. */
export async function readPyramid(
  db: Database,
  { scoringRunId, clipId }: ScoredClip,
  level: number,
  fromChunk: number,
  toChunk: number,
): Promise<PyramidChunk[]> {
  const { rows } = await db.pool.query(
    `SELECT level, chunk, "bucketCount", lanes, values FROM score_pyramid
     WHERE "scoringRunId" = $1 AND "clipId" = $2 AND level = $3 AND chunk BETWEEN $4 AND $5 ORDER BY chunk`,
    [scoringRunId, clipId, level, fromChunk, toChunk],
  );
  return z.array(pyramidSchema).parse(rows);
}

const histogramSchema = z.object({
  edgesVersion: z.int(),
  counts: bytesSchema.transform(unpackUint32),
});
export type FrameHistogram = z.infer<typeof histogramSchema>;

/** One frame's 64 bins; null where the frame was not scored. */
export async function readHistogram(
  db: Database,
  { scoringRunId, clipId }: ScoredClip,
  frameIndex: number,
  kind: HistogramKind = "RAW",
): Promise<FrameHistogram | null> {
  const bytesPerFrame = HISTOGRAM_BINS * Uint32Array.BYTES_PER_ELEMENT;
  const { rows } = await db.pool.query(
    `SELECT "edgesVersion", substring(counts FROM $5::int FOR $6::int) AS counts
     FROM error_histogram_block
     WHERE "scoringRunId" = $1 AND "clipId" = $2 AND block = $3 AND kind = $4 AND "frameCount" > $7::int`,
    [
      ...[scoringRunId, clipId, Math.floor(frameIndex / FRAMES_PER_BLOCK), kind],
      ...[(frameIndex % FRAMES_PER_BLOCK) * bytesPerFrame + 1, bytesPerFrame],
      frameIndex % FRAMES_PER_BLOCK,
    ],
  );
  const histogram = histogramSchema.optional().parse(rows[0]);
  return histogram?.counts.some((count) => count > 0) ? histogram : null;
}
