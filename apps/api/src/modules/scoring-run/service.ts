// The clips of a run with what the run says of them: a page in a fixed number of queries.
import type { ClipKind } from "@engram/core";
import type { Database, ScoringRun } from "@engram/db";
import { type ResolveCursorConnectionArgs, resolveCursorConnection } from "@pothos/plugin-relay";
import { cursorId, encodeCursor, type PageArguments, pageSize } from "../../schema/page.ts";
import { abnormalityOf, findAbnormalityRule, lanesOf } from "../timeline/abnormality.ts";
import { readBlocksOfClips, unpackColumns } from "../timeline/columns.ts";
import { ABNORMALITY_FRAME_LIMIT } from "../timeline/reduce.ts";

export interface ScoringRunClip {
  readonly clipId: string;
  readonly scoredFrames: number;
  readonly peakAbnormality: number | null;
  readonly eventCount: number;
}

interface PageClip {
  readonly id: string;
  readonly kind: ClipKind;
  readonly frameCount: number;
}

export type ScoringRunService = ReturnType<typeof createScoringRunService>;

export function createScoringRunService(database: Database) {
  return {
    /** The test clips of the run's dataset version, in scoring order. The run is one the viewer may see. */
    listClips(scoringRunId: string, args: PageArguments) {
      const size = pageSize(args);
      return resolveCursorConnection(
        {
          args,
          defaultSize: size,
          maxSize: size,
          toCursor: (clip: ScoringRunClip) => encodeCursor(clip.clipId),
        },
        async ({
          before,
          after,
          limit,
          inverted,
        }: ResolveCursorConnectionArgs): Promise<ScoringRunClip[]> => {
          const run = await database.prisma.scoringRun.findUniqueOrThrow({ where: { id: scoringRunId } });
          const cursor = after ?? before;
          const direction = inverted ? "desc" : "asc";
          const clips = await database.prisma.clip.findMany({
            where: { datasetVersionId: run.datasetVersionId, split: "TEST", state: "READY" },
            select: { id: true, kind: true, frameCount: true },
            orderBy: [{ ordinal: direction }, { id: direction }],
            take: limit,
            ...(cursor === undefined ? {} : { cursor: { id: cursorId(cursor) ?? "" }, skip: 1 }),
          });
          return summarize(database, run, clips);
        },
      );
    },
  };
}

async function summarize(
  database: Database,
  run: ScoringRun,
  clips: readonly PageClip[],
): Promise<ScoringRunClip[]> {
  const ids = clips.map(({ id }) => id);
  const [scored, events, peaks] = await Promise.all([
    countScoredFrames(database, run.id, ids),
    database.prisma.event.groupBy({
      by: ["clipId"],
      where: { scoringRunId: run.id, policyId: run.policyId ?? { in: [] }, clipId: { in: ids } },
      _count: true,
    }),
    findPeaks(database, run, clips),
  ]);
  const eventCounts = new Map(events.map((row) => [row.clipId, row._count]));
  return clips.map(({ id }) => ({
    clipId: id,
    scoredFrames: scored.get(id) ?? 0,
    peakAbnormality: peaks.get(id) ?? null,
    eventCount: eventCounts.get(id) ?? 0,
  }));
}

/** Frames that have a score: the largest count of the lanes, block by block. */
async function countScoredFrames(
  database: Database,
  scoringRunId: string,
  clipIds: readonly string[],
): Promise<Map<string, number>> {
  const blocks = await database.prisma.frameScoreBlock.findMany({
    where: { scoringRunId, clipId: { in: [...clipIds] } },
    select: { clipId: true, counts: true },
  });
  const frames = new Map<string, number>();
  for (const { clipId, counts } of blocks) {
    frames.set(clipId, (frames.get(clipId) ?? 0) + Math.max(0, ...counts));
  }
  return frames;
}

/** Nothing where the page holds more frames than abnormality is computed for at once. */
async function findPeaks(
  database: Database,
  run: ScoringRun,
  clips: readonly PageClip[],
): Promise<Map<string, number>> {
  const peaks = new Map<string, number>();
  const frames = clips.reduce((sum, clip) => sum + clip.frameCount, 0);
  if (frames > ABNORMALITY_FRAME_LIMIT) return peaks;
  // Clips of one version come of one layout, and are of one kind.
  const rule = await findAbnormalityRule(database, run, clips[0]?.kind ?? "VIDEO");
  if (rule.map === null) return peaks;
  const ids = clips.map(({ id }) => id);
  const blocks = await readBlocksOfClips(database, run.id, ids);
  for (const { id, frameCount } of clips) {
    const window = { from: 0, to: frameCount - 1 };
    const columns = unpackColumns(blocks.get(id) ?? [], lanesOf(run), window);
    const peak = largestFinite(abnormalityOf(rule, columns, window, window));
    if (peak !== null) peaks.set(id, peak);
  }
  return peaks;
}

function largestFinite(values: Float64Array): number | null {
  let largest: number | null = null;
  for (const value of values)
    if (Number.isFinite(value) && (largest === null || value > largest)) largest = value;
  return largest;
}
