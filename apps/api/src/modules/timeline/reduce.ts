// Lanes of a window reduced to points: short windows from the frames, long ones from the pyramid; abnormality, which no
// pyramid holds, always from the frames.
import { FINEST_PYRAMID_LEVEL, type Lane, type TimelineLane } from "@engram/core";
import { type Database, readPyramid, type ScoringRun } from "@engram/db";
import {
  type FrameInterval,
  labelsToIntervals,
  PYRAMID_BUCKET_VALUES,
  PYRAMID_CHUNK_BUCKETS,
  type ReducedLane,
  reduceBuckets,
  reduceMinMaxMean,
} from "@engram/numerics";
import { type AbnormalityRule, abnormalityOf, lanesOf, neededWindow } from "./abnormality.ts";
import { type Columns, type FrameWindow, readColumns } from "./columns.ts";

/** Windows up to this are reduced from the frames. */
const FRAMES_READ_DIRECTLY = 16_384;
/** Abnormality is recomputed from the frames of windows up to this; beyond it the lane is null, with the reason. */
export const ABNORMALITY_FRAME_LIMIT = 200_000;

export interface ReducedLaneOrReason {
  readonly lane: TimelineLane;
  /** null: the lane is a gap throughout, for the reason given */
  readonly reduced: ReducedLane | null;
  readonly reason: string | null;
}

interface ClipLength {
  readonly id: string;
  readonly frameCount: number;
}

export interface Reduction {
  readonly lanes: readonly TimelineLane[];
  readonly window: FrameWindow;
  readonly framesPerPoint: number;
  readonly rule: AbnormalityRule;
}

export interface ReducedTimeline {
  readonly lanes: ReducedLaneOrReason[];
  readonly gaps: FrameInterval[];
}

export async function reduceLanes(
  database: Database,
  clip: ClipLength,
  run: ScoringRun,
  reduction: Reduction,
): Promise<ReducedTimeline> {
  const { window, framesPerPoint, rule } = reduction;
  const frames = window.to - window.from + 1;
  const isAbnormalityRead = rule.map !== null && frames <= ABNORMALITY_FRAME_LIMIT;
  const isCoarse = framesPerPoint >= 2 ** FINEST_PYRAMID_LEVEL;
  if (isCoarse && frames > FRAMES_READ_DIRECTLY && !isAbnormalityRead) {
    return reduceFromPyramid(database, clip, run, reduction);
  }
  const scored = { scoringRunId: run.id, clipId: clip.id };
  const read = rule.rules ? neededWindow(rule.rules, window, clip.frameCount) : window;
  const columns = await readColumns(database, scored, lanesOf(run), read);
  return reduceFromFrames(columns, read, reduction, isAbnormalityRead);
}

function reduceFromFrames(
  columns: Columns,
  read: FrameWindow,
  { lanes, window, framesPerPoint, rule }: Reduction,
  isAbnormalityRead: boolean,
): ReducedTimeline {
  const reduce = (values: Float64Array) => reduceMinMaxMean(values, framesPerPoint, window.from);
  const shown = (values: Float64Array) => values.subarray(window.from - read.from, window.to - read.from + 1);
  const all = Object.values(columns).map(shown);
  return {
    lanes: lanes.map((lane): ReducedLaneOrReason => {
      if (lane === "ABNORMALITY") {
        if (rule.map === null || !isAbnormalityRead) return withoutAbnormality(rule);
        return { lane, reduced: reduce(abnormalityOf(rule, columns, read, window)), reason: null };
      }
      const column = columns[lane];
      return column ? { lane, reduced: reduce(shown(column)), reason: null } : notInRun(lane);
    }),
    gaps: gapsOf(window.to - window.from + 1, (i) => all.every((column) => !Number.isFinite(column[i]!))).map(
      (gap) => ({ startFrame: gap.startFrame + window.from, endFrame: gap.endFrame + window.from }),
    ),
  };
}

async function reduceFromPyramid(
  database: Database,
  clip: ClipLength,
  run: ScoringRun,
  { lanes, window, framesPerPoint, rule }: Reduction,
): Promise<ReducedTimeline> {
  const coarsest = Math.max(FINEST_PYRAMID_LEVEL, Math.ceil(Math.log2(clip.frameCount)));
  const level = Math.min(Math.log2(framesPerPoint), coarsest);
  const firstBucket = Math.floor(window.from / 2 ** level);
  const lastBucket = Math.floor(window.to / 2 ** level);
  const columns = await readBuckets(
    database,
    { scoringRunId: run.id, clipId: clip.id },
    level,
    lanesOf(run),
    {
      from: firstBucket,
      to: lastBucket,
    },
  );
  const reduced = new Map(
    [...columns].map(([lane, buckets]) => [
      lane,
      reduceBuckets(buckets, framesPerPoint / 2 ** level, firstBucket),
    ]),
  );
  const points = Math.floor(window.to / framesPerPoint) - Math.floor(window.from / framesPerPoint) + 1;
  const all = [...reduced.values()];
  return {
    lanes: lanes.map((lane): ReducedLaneOrReason => {
      if (lane === "ABNORMALITY") return withoutAbnormality(rule);
      const found = reduced.get(lane);
      return found ? { lane, reduced: found, reason: null } : notInRun(lane);
    }),
    gaps: gapsOf(points, (point) => all.every((lane) => lane.count[point] === 0)).map((gap) => ({
      startFrame: window.from + gap.startFrame * framesPerPoint,
      endFrame: Math.min(window.to, window.from + (gap.endFrame + 1) * framesPerPoint - 1),
    })),
  };
}

/** Buckets `from` to `to` of one level, a column a lane; what is not stored counts 0 frames. */
async function readBuckets(
  database: Database,
  clip: { readonly scoringRunId: string; readonly clipId: string },
  level: number,
  lanes: readonly Lane[],
  { from, to }: FrameWindow,
): Promise<Map<Lane, Float32Array>> {
  const firstChunk = Math.floor(from / PYRAMID_CHUNK_BUCKETS);
  const lastChunk = Math.floor(to / PYRAMID_CHUNK_BUCKETS);
  const chunks = await readPyramid(database, clip, level, firstChunk, lastChunk);
  const columns = new Map(
    lanes.map((lane) => [lane, new Float32Array((to - from + 1) * PYRAMID_BUCKET_VALUES)]),
  );
  for (const { chunk, bucketCount, lanes: stored, values } of chunks) {
    const chunkStart = chunk * PYRAMID_CHUNK_BUCKETS;
    const first = Math.max(from, chunkStart);
    const last = Math.min(to, chunkStart + bucketCount - 1);
    if (first > last) continue;
    for (const [row, lane] of stored.entries()) {
      const start = row * bucketCount - chunkStart;
      const slice = values.subarray(
        (start + first) * PYRAMID_BUCKET_VALUES,
        (start + last + 1) * PYRAMID_BUCKET_VALUES,
      );
      columns.get(lane)?.set(slice, (first - from) * PYRAMID_BUCKET_VALUES);
    }
  }
  return columns;
}

function withoutAbnormality(rule: AbnormalityRule): ReducedLaneOrReason {
  const reason =
    rule.reason ?? `Abnormality is computed for windows of up to ${ABNORMALITY_FRAME_LIMIT} frames: zoom in.`;
  return { lane: "ABNORMALITY", reduced: null, reason };
}

function notInRun(lane: Lane): ReducedLaneOrReason {
  return { lane, reduced: null, reason: `The run has no lane ${lane}.` };
}

/** The longest stretches of positions that are gaps. */
function gapsOf(length: number, isGap: (position: number) => boolean): FrameInterval[] {
  return labelsToIntervals(Uint8Array.from({ length }, (_, position) => (isGap(position) ? 1 : 0)));
}
