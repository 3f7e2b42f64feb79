// A clip's scores in a run: written whole or not at all, read by ranges of blocks.
import { FRAMES_PER_BLOCK, HISTOGRAM_BINS, laneSchema } from "@engram/core";
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

/** All that is written about up to 1024 frames. */
export interface ClipScoreBlock {
  readonly scores: ScoreBlock;
  readonly histograms: readonly HistogramBlock[];
  /** null: no frame of the block has a map */
  readonly errorMap: ErrorMapBlockRow | null;
  /** of the flagged frames */
  readonly masks: readonly FrameMask[];
}

export interface ClipScores {
  /** taken one by one, so that a long clip is never in memory as a whole */
  readonly blocks: Iterable<ClipScoreBlock> | AsyncIterable<ClipScoreBlock>;
  /** taken after the last block: may be a generator that closes over what the blocks went through */
  readonly pyramid: Iterable<PyramidChunk> | AsyncIterable<PyramidChunk>;
}

/** In one transaction; what an earlier attempt had written for the clip in this run goes first. */
export function writeClipScores(db: Database, clip: ScoredClip, scores: ClipScores): Promise<void> {
  return inTransaction(db, async (client) => {
    await deleteClipScores(client, clip);
    for await (const block of scores.blocks) {
      await copyRows(client, scoreBlockTable(clip), [block.scores]);
      await copyRows(client, histogramTable(clip), block.histograms);
      if (block.errorMap !== null) await copyRows(client, errorMapTable(clip), [block.errorMap]);
      const masks = block.masks.map(identifyMask);
      if (masks.length === 0) continue;
      await copyRows(client, maskTable(clip), masks);
      const regions = masks.flatMap(({ id, regions }) =>
        regions.map((region) => ({ ...region, maskId: id })),
      );
      await copyRows(client, regionTable, regions);
    }
    await copyRows(client, pyramidTable(clip), scores.pyramid);
  });
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
const summarySchema = z.array(z.number().nullable());

const scoreBlockSchema = z.object({
  block: z.int(),
  frameCount: z.int(),
  lanes: z.array(laneSchema),
  values: bytesSchema.transform(unpackFloat32),
  mins: summarySchema,
  maxs: summarySchema,
  means: summarySchema,
  counts: z.array(z.int()),
});
export type StoredScoreBlock = z.infer<typeof scoreBlockSchema>;

/** Blocks `fromBlock` to `toBlock`, both inclusive, in order. */
export async function readScoreBlocks(
  db: Database,
  { scoringRunId, clipId }: ScoredClip,
  fromBlock: number,
  toBlock: number,
): Promise<StoredScoreBlock[]> {
  const { rows } = await db.pool.query(
    `SELECT block, "frameCount", lanes, values, mins, maxs, means, counts FROM frame_score_block
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
