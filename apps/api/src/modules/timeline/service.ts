// The timeline of a clip in a run: its window, its lanes reduced to at most `maxPoints` points that keep extremes, and
// what lies in the window beside them.
import { AppError, type ClipKind, type TimelineLane } from "@engram/core";
import { type Database, type ScoringRun, unpackFloat64 } from "@engram/db";
import {
  chooseFramesPerPoint,
  type FrameInterval,
  labelsToIntervals,
  pointStartFrames,
} from "@engram/numerics";
import type { Loaders } from "../../schema/loaders.ts";
import { type AbnormalityRule, findAbnormalityRule, findRules } from "./abnormality.ts";
import type { FrameWindow } from "./columns.ts";
import { type ReducedLaneOrReason, reduceLanes } from "./reduce.ts";

export const DEFAULT_MAX_POINTS = 1000;
const LARGEST_MAX_POINTS = 5000;

export interface ScoredClipRow {
  readonly id: string;
  readonly organizationId: string;
  readonly datasetVersionId: string;
  readonly kind: ClipKind;
  readonly frameCount: number;
  readonly frameRate: number | null;
}

export interface TimelineRequest {
  readonly lanes: readonly TimelineLane[];
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
  readonly maxPoints?: number | null | undefined;
}

export interface TimelineLaneData extends ReducedLaneOrReason {
  readonly points: number;
}

export interface Timeline {
  readonly clip: ScoredClipRow;
  readonly run: ScoringRun;
  readonly window: FrameWindow;
  readonly framesPerPoint: number;
  readonly frameCount: number;
  readonly startFrame: Uint32Array;
  readonly lanes: readonly TimelineLaneData[];
  readonly enterThreshold: number | null;
  readonly leaveThreshold: number | null;
  readonly gaps: readonly FrameInterval[];
}

export interface TimelineService {
  /** null where there is no such run over the clip's dataset version. @throws AppError BAD_INPUT */
  read(
    clip: ScoredClipRow,
    scoringRunId: string | null,
    request: TimelineRequest,
    loaders: Loaders,
  ): Promise<Timeline | null>;
  /** Presentation time of each point; null where the source has no clock. */
  findPtsMs(timeline: Timeline): Promise<number[] | null>;
  /** Abnormal intervals that share a frame with the window; null without labels. */
  findGroundTruth(timeline: Timeline, loaders: Loaders): Promise<FrameInterval[] | null>;
}

export function createTimelineService(database: Database): TimelineService {
  return {
    async read(clip, scoringRunId, request, loaders) {
      const { window, framesPerPoint } = chooseWindow(request, clip.frameCount);
      const run = await findRunOfClip(clip, scoringRunId, loaders);
      if (run === null) return null;
      const lanes = [...new Set(request.lanes)];
      const wantsAbnormality = lanes.includes("ABNORMALITY");
      const rule = await (wantsAbnormality
        ? findAbnormalityRule(database, run, clip.kind)
        : ruleWithoutMap(database, run, clip.kind));
      const reduced = await reduceLanes(database, clip, run, { lanes, window, framesPerPoint, rule });
      const startFrame = pointStartFrames(window.to - window.from + 1, framesPerPoint, window.from);
      return {
        clip,
        run,
        window,
        framesPerPoint,
        frameCount: clip.frameCount,
        startFrame,
        lanes: reduced.lanes.map((lane) => ({ ...lane, points: startFrame.length })),
        enterThreshold: rule.rules?.enterThreshold ?? null,
        leaveThreshold: rule.rules?.leaveThreshold ?? null,
        gaps: reduced.gaps,
      };
    },
    async findPtsMs({ clip, startFrame }) {
      const ptsMs = await readPtsMs(database, clip);
      return ptsMs && Array.from(startFrame, ptsMs);
    },
    async findGroundTruth({ clip, window }, loaders) {
      const labels = await loaders.labels.load(clip.id);
      return labels && labelsToIntervals(labels).filter((interval) => overlaps(interval, window));
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

async function ruleWithoutMap(database: Database, run: ScoringRun, kind: ClipKind): Promise<AbnormalityRule> {
  return { rules: await findRules(database, run, kind), map: null, reason: "" };
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
