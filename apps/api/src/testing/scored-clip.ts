// Scores of a clip for tests, written as a SCORE job writes them, and kept beside to compare with.
import { FRAMES_PER_BLOCK, laneSchema } from "@engram/core";
import { type Database, type ScoreBlock, type ScoredClip, writeClipScores } from "@engram/db";
import { blockStatistics, createPyramidBuilder, type PyramidChunk } from "@engram/numerics";

export const LANES = laneSchema.options;

/** One column a lane, in the order of LANES; NaN where there is no score. */
export type LaneColumns = readonly Float32Array[];

export async function writeColumns(db: Database, clip: ScoredClip, columns: LaneColumns): Promise<void> {
  await writeClipScores(db, clip, [{ scoreBlocks: blocksOf(columns), pyramid: pyramidOf(columns) }]);
}

function blocksOf(columns: LaneColumns): ScoreBlock[] {
  const frames = columns[0]?.length ?? 0;
  const blocks: ScoreBlock[] = [];
  for (let start = 0; start < frames; start += FRAMES_PER_BLOCK) {
    const frameCount = Math.min(FRAMES_PER_BLOCK, frames - start);
    const values = new Float32Array(columns.length * frameCount);
    for (const [row, column] of columns.entries()) {
      values.set(column.subarray(start, start + frameCount), row * frameCount);
    }
    blocks.push({
      block: start / FRAMES_PER_BLOCK,
      frameCount,
      lanes: LANES,
      values,
      statistics: blockStatistics(values, columns.length, frameCount),
    });
  }
  return blocks;
}

function pyramidOf(columns: LaneColumns) {
  const builder = createPyramidBuilder(columns.length, { minLevel: 4, maxLevel: 24 });
  const chunks: PyramidChunk[] = [];
  for (let frame = 0; frame < (columns[0]?.length ?? 0); frame++) {
    chunks.push(...builder.push(columns.map((column) => column[frame]!)));
  }
  chunks.push(...builder.finish());
  return chunks.map((chunk) => ({ ...chunk, lanes: LANES }));
}
