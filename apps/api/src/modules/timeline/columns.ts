// Lanes of a window of frames, from the packed blocks: one column a lane, NaN where a frame has no score.
import { FRAMES_PER_BLOCK, type Lane } from "@engram/core";
import { type Database, readScoreBlocks, type ScoredClip, unpackFloat32 } from "@engram/db";

export type Columns = Readonly<Partial<Record<Lane, Float64Array>>>;

/** Both ends inclusive. */
export interface FrameWindow {
  readonly from: number;
  readonly to: number;
}

export interface PackedLanes {
  readonly block: number;
  readonly frameCount: number;
  readonly lanes: readonly string[];
  /** [lanes, frameCount] */
  readonly values: Float32Array;
}

export async function readColumns(
  database: Database,
  clip: ScoredClip,
  lanes: readonly Lane[],
  window: FrameWindow,
): Promise<Columns> {
  const firstBlock = Math.floor(window.from / FRAMES_PER_BLOCK);
  const lastBlock = Math.floor(window.to / FRAMES_PER_BLOCK);
  return unpackColumns(await readScoreBlocks(database, clip, firstBlock, lastBlock), lanes, window);
}

export function unpackColumns(
  blocks: readonly PackedLanes[],
  lanes: readonly Lane[],
  { from, to }: FrameWindow,
): Columns {
  const columns = Object.fromEntries(
    lanes.map((lane) => [lane, new Float64Array(to - from + 1).fill(Number.NaN)]),
  ) as Partial<Record<Lane, Float64Array>>;
  for (const { block, frameCount, lanes: stored, values } of blocks) {
    const blockStart = block * FRAMES_PER_BLOCK;
    const first = Math.max(from, blockStart);
    const last = Math.min(to, blockStart + frameCount - 1);
    if (first > last) continue;
    for (const lane of lanes) {
      const row = stored.indexOf(lane);
      if (row < 0) continue;
      const start = row * frameCount - blockStart;
      columns[lane]?.set(values.subarray(start + first, start + last + 1), first - from);
    }
  }
  return columns;
}

/** The blocks of whole clips, by clip, in one query. */
export async function readBlocksOfClips(
  database: Database,
  scoringRunId: string,
  clipIds: readonly string[],
): Promise<Map<string, PackedLanes[]>> {
  const rows = await database.prisma.frameScoreBlock.findMany({
    where: { scoringRunId, clipId: { in: [...clipIds] } },
    select: { clipId: true, block: true, frameCount: true, lanes: true, values: true },
  });
  const blocks = new Map<string, PackedLanes[]>();
  for (const { clipId, values, ...row } of rows) {
    const packed = { ...row, values: unpackFloat32(values) };
    blocks.set(clipId, [...(blocks.get(clipId) ?? []), packed]);
  }
  return blocks;
}
