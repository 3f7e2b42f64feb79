// The timeline of a clip in a run: lanes reduced to at most `maxPoints` points that keep extremes. Short windows are
// reduced from the frames, long ones from the pyramid; abnormality, which no pyramid holds, always from the frames.
import { AppError, type Lane, type TimelineLane } from "@engram/core";
import { type Database, readPyramid, type ScoringRun, unpackFloat64 } from "@engram/db";
import {
  chooseFramesPerPoint,
  type FrameInterval,
  labelsToIntervals,
  PYRAMID_BUCKET_VALUES,
  PYRAMID_CHUNK_BUCKETS,
  pointStartFrames,
  type ReducedLane,
  reduceBuckets,
  reduceMinMaxMean,
} from "@engram/numerics";
import type { Loaders } from "../../schema/loaders.ts";
import {
  type AbnormalityRule,
  abnormalityOf,
  findAbnormalityRule,
  findRules,
  lanesOf,
  neededWindow,
} from "./abnormality.ts";
import { type Columns, type FrameWindow, readColumns } from "./columns.ts";

export const DEFAULT_MAX_POINTS = 1000;
const LARGEST_MAX_POINTS = 5000;
/** Windows up to this are reduced from the frames. */
const FRAMES_READ_DIRECTLY = 16_384;
/** Abnormality is recomputed from the frames of windows up to this; beyond it the lane is null, with the reason. */
export const ABNORMALITY_FRAME_LIMIT = 200_000;
/** The finest level that the pyramid keeps: buckets of 16 frames. */
const FINEST_PYRAMID_LEVEL = 4;

export interface ScoredClipRow {
  readonly id: string;
  readonly organizationId: string;
  readonly datasetVersionId: string;
  readonly frameCount: number;
  readonly frameRate: number | null;
}

export interface TimelineRequest {
  readonly lanes: readonly TimelineLane[];
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
  readonly maxPoints?: number | null | undefined;
}

export interface TimelineLaneData {
  readonly lane: TimelineLane;
  /** null: the lane is a gap throughout, for the reason given */
  readonly reduced: ReducedLane | null;
  readonly points: number;
  readonly reason: string | null;
}

export interface Timeline {
  readonly clipId: string;
  readonly run: ScoringRun;
  readonly window: FrameWindow;
  readonly framesPerPoint: number;
  readonly frameCount: number;
  readonly startFrame: Uint32Array;
  readonly ptsMs: Float64Array | null;
  readonly lanes: readonly TimelineLaneData[];
  readonly enterThreshold: number | null;
  readonly leaveThreshold: number | null;
  readonly gaps: readonly FrameInterval[];
  readonly groundTruth: readonly FrameInterval[] | null;
}

export interface TimelineService {
  /** null where there is no such run over the clip's dataset version. @throws AppError BAD_INPUT */
  read(
    clip: ScoredClipRow,
    scoringRunId: string | null,
    request: TimelineRequest,
    loaders: Loaders,
  ): Promise<Timeline | null>;
}

export function createTimelineService(database: Database): TimelineService {
  return {
    async read(clip, scoringRunId, request, loaders) {
      const { window, framesPerPoint } = chooseWindow(request, clip.frameCount);
      const run = await findRunOfClip(clip, scoringRunId, loaders);
      if (run === null) return null;
      const lanes = [...new Set(request.lanes)];
      const wantsAbnormality = lanes.includes("ABNORMALITY");
      const [rule, labels, ptsMs] = await Promise.all([
        wantsAbnormality ? findAbnormalityRule(database, run) : ruleWithoutMap(database, run),
        loaders.labels.load(clip.id),
        readPtsMs(database, clip),
      ]);
      const reduced = await reduceLanes(database, clip, run, { lanes, window, framesPerPoint, rule });
      const startFrame = pointStartFrames(window.to - window.from + 1, framesPerPoint, window.from);
      return {
        clipId: clip.id,
        run,
        window,
        framesPerPoint,
        frameCount: clip.frameCount,
        startFrame,
        ptsMs: ptsMs && Float64Array.from(startFrame, (frame) => ptsMs(frame)),
        lanes: reduced.lanes.map((lane) => ({ ...lane, points: startFrame.length })),
        enterThreshold: rule.rules?.enterThreshold ?? null,
        leaveThreshold: rule.rules?.leaveThreshold ?? null,
        gaps: reduced.gaps,
        groundTruth: labels && labelsToIntervals(labels).filter((interval) => overlaps(interval, window)),
      };
    },
  };
}

export async function findRunOfClip(
  clip: ScoredClipRow,
  scoringRunId: string | null,
  loaders: Loaders,
): Promise<ScoringRun | null> {
  const run = scoringRunId === null ? null : await loaders.scoringRun.load(scoringRunId);
  return run?.datasetVersionId === clip.datasetVersionId ? run : null;
}

async function ruleWithoutMap(database: Database, run: ScoringRun): Promise<AbnormalityRule> {
  return { rules: await findRules(database, run), map: null, reason: "" };
}

/** The frames that are shown, widened to whole points. @throws AppError BAD_INPUT */
function chooseWindow(
  request: TimelineRequest,
  frameCount: number,
): { window: FrameWindow; framesPerPoint: number } {
  const maxPoints = request.maxPoints ?? DEFAULT_MAX_POINTS;
  if (maxPoints < 1 || maxPoints > LARGEST_MAX_POINTS) {
    throw new AppError("BAD_INPUT", `maxPoints must be from 1 to ${LARGEST_MAX_POINTS}, not ${maxPoints}.`, {
      field: "maxPoints",
    });
  }
  const from = Math.max(0, request.from ?? 0);
  const to = Math.min(frameCount - 1, request.to ?? frameCount - 1);
  if (from > to) {
    throw new AppError(
      "BAD_INPUT",
      `The clip has the frames 0 to ${frameCount - 1}; none lies from ${from} to ${to}.`,
      {
        field: "from",
      },
    );
  }
  const framesPerPoint = chooseFramesPerPoint(to - from + 1, maxPoints, from);
  const window = {
    from: from - (from % framesPerPoint),
    to: Math.min(frameCount - 1, to - (to % framesPerPoint) + framesPerPoint - 1),
  };
  return { window, framesPerPoint };
}

interface Reduction {
  readonly lanes: readonly TimelineLane[];
  readonly window: FrameWindow;
  readonly framesPerPoint: number;
  readonly rule: AbnormalityRule;
}

type ReducedOrNot = Omit<TimelineLaneData, "points">;

interface ReducedTimeline {
  readonly lanes: ReducedOrNot[];
  readonly gaps: FrameInterval[];
}

async function reduceLanes(
  database: Database,
  clip: ScoredClipRow,
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
    lanes: lanes.map((lane): ReducedOrNot => {
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
  clip: ScoredClipRow,
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
    lanes: lanes.map((lane): ReducedOrNot => {
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

function withoutAbnormality(rule: AbnormalityRule): ReducedOrNot {
  const reason =
    rule.reason ?? `Abnormality is computed for windows of up to ${ABNORMALITY_FRAME_LIMIT} frames: zoom in.`;
  return { lane: "ABNORMALITY", reduced: null, reason };
}

function notInRun(lane: Lane): ReducedOrNot {
  return { lane, reduced: null, reason: `The run has no lane ${lane}.` };
}

/** The longest stretches of positions that are gaps. */
function gapsOf(length: number, isGap: (position: number) => boolean): FrameInterval[] {
  return labelsToIntervals(Uint8Array.from({ length }, (_, position) => (isGap(position) ? 1 : 0)));
}

function overlaps(interval: FrameInterval, window: FrameWindow): boolean {
  return interval.startFrame <= window.to && interval.endFrame >= window.from;
}

/** Presentation time of a frame; null where the source has no clock. */
export async function readPtsMs(
  database: Database,
  clip: ScoredClipRow,
): Promise<((frame: number) => number) | null> {
  if (clip.frameRate === null) return null;
  const row = await database.prisma.clip.findUnique({ where: { id: clip.id }, select: { ptsMs: true } });
  if (!row?.ptsMs) return null;
  const times = unpackFloat64(row.ptsMs);
  return (frame) => times[frame]!;
}
