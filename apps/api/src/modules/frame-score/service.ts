// What a run says of one frame: raw lanes, abnormality, error histogram, heat map, mask.
import {
  AppError,
  backgroundRule,
  calibrationSchema,
  type ErrorMapKind,
  FRAMES_PER_BLOCK,
  HISTOGRAM_EDGES_VERSION,
  parseHyperparameters,
  type TimelineLane,
  trainableArchitectureSchema,
} from "@engram/core";
import {
  type Database,
  type FrameMask,
  readErrorMapBlock,
  readHistogram,
  readMask,
  type ScoringRun,
} from "@engram/db";
import { estimateBackgroundError, histogramEdges } from "@engram/numerics";
import { parseColumn } from "../../schema/json-column.ts";
import type { Loaders } from "../../schema/loaders.ts";
import { abnormalityOf, findAbnormalityRule, lanesOf, neededWindow } from "../timeline/abnormality.ts";
import { readColumns } from "../timeline/columns.ts";
import { findRunOfClip, readPtsMs, type ScoredClipRow } from "../timeline/service.ts";

export interface FrameScore {
  readonly clipId: string;
  readonly run: ScoringRun;
  readonly frame: number;
  readonly ptsMs: number | null;
  readonly lanes: readonly { readonly lane: TimelineLane; readonly value: number | null }[];
  readonly abnormality: number | null;
  readonly reason: string | null;
  readonly isAbnormalInGroundTruth: boolean | null;
}

export interface HeatMap {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly scaleMax: number;
  readonly bitsPerPixel: number;
}

export interface ErrorHistogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export interface FrameScoreService {
  /** null where there is no such run over the clip. @throws AppError BAD_INPUT */
  find(
    clip: ScoredClipRow,
    scoringRunId: string | null,
    frame: number,
    loaders: Loaders,
  ): Promise<FrameScore | null>;
  findHistogram(score: FrameScore, kind: ErrorMapKind): Promise<ErrorHistogram | null>;
  /** from the frame's raw histogram, as the worker found it; null where the frame has none */
  findBackgroundError(score: FrameScore): Promise<number | null>;
  findHeatMap(score: FrameScore): Promise<HeatMap | null>;
  findMask(score: FrameScore): Promise<FrameMask | null>;
}

export function createFrameScoreService(database: Database): FrameScoreService {
  const clipOf = (score: FrameScore) => ({ scoringRunId: score.run.id, clipId: score.clipId });
  const readCounts = async (score: FrameScore, kind: ErrorMapKind) => {
    const histogram = await readHistogram(database, clipOf(score), score.frame, kind);
    if (histogram === null) return null;
    if (histogram.edgesVersion === HISTOGRAM_EDGES_VERSION) return histogram.counts;
    throw new Error(`Histogram edges of version ${histogram.edgesVersion} are not known.`);
  };
  return {
    async find(clip, scoringRunId, frame, loaders) {
      if (frame < 0 || frame >= clip.frameCount) {
        throw new AppError(
          "BAD_INPUT",
          `The clip has the frames 0 to ${clip.frameCount - 1}, not ${frame}.`,
          {
            field: "frame",
          },
        );
      }
      const run = await findRunOfClip(clip, scoringRunId, loaders);
      if (run === null) return null;
      const [score, labels, ptsMs] = await Promise.all([
        scoreFrame(database, clip, run, frame),
        loaders.labels.load(clip.id),
        readPtsMs(database, clip),
      ]);
      return {
        clipId: clip.id,
        run,
        frame,
        ptsMs: ptsMs === null ? null : ptsMs(frame),
        ...score,
        isAbnormalInGroundTruth: labels && labels[frame] === 1,
      };
    },
    async findHistogram(score, kind) {
      const counts = await readCounts(score, kind);
      return counts && { edges: Array.from(histogramEdges()), counts: Array.from(counts) };
    },
    async findBackgroundError(score) {
      const counts = await readCounts(score, "RAW");
      const rule = counts && (await findBackgroundRule(database, score.run));
      return counts && rule && estimateBackgroundError(counts, rule);
    },
    async findHeatMap(score) {
      const block = await readErrorMapBlock(database, clipOf(score), score.frame);
      if (block === null || errorMapRange(block.offsets, score.frame) === null) return null;
      const url = `/media/runs/${score.run.id}/clips/${score.clipId}/frames/${score.frame}/error-map`;
      const { width, height, scaleMax, bitsPerPixel } = block;
      return { url, width, height, scaleMax, bitsPerPixel };
    },
    findMask: (score) => readMask(database, clipOf(score), score.frame),
  };
}

async function findBackgroundRule(database: Database, run: ScoringRun) {
  const version = await database.prisma.modelVersion.findUniqueOrThrow({
    where: { id: run.modelVersionId },
    select: { calibration: true, hyperparameters: true, model: { select: { architecture: true } } },
  });
  const architecture = trainableArchitectureSchema.parse(version.model.architecture);
  const { backgroundError } = parseColumn(
    calibrationSchema,
    version.calibration,
    "model_version.calibration",
  );
  return backgroundRule(parseHyperparameters(architecture, version.hyperparameters), backgroundError);
}

async function scoreFrame(
  database: Database,
  clip: ScoredClipRow,
  run: ScoringRun,
  frame: number,
): Promise<Pick<FrameScore, "lanes" | "abnormality" | "reason">> {
  const rule = await findAbnormalityRule(database, run, clip.kind);
  const window = { from: frame, to: frame };
  const read = rule.rules ? neededWindow(rule.rules, window, clip.frameCount) : window;
  const columns = await readColumns(database, { scoringRunId: run.id, clipId: clip.id }, lanesOf(run), read);
  const lanes = lanesOf(run).map((lane) => ({ lane, value: finite(columns[lane]?.[frame - read.from]) }));
  if (lanes.every(({ value }) => value === null)) {
    return { lanes, abnormality: null, reason: unscoredReason(run) };
  }
  if (rule.map === null) return { lanes, abnormality: null, reason: rule.reason };
  const abnormality = finite(abnormalityOf(rule, columns, read, window)[0]);
  return {
    lanes,
    abnormality,
    reason: abnormality === null ? "A lane of the policy's mix is missing." : null,
  };
}

function unscoredReason(run: ScoringRun): string {
  return run.state === "COMPLETE"
    ? "This frame cannot be scored: the clip holds no whole window of frames for it."
    : "This frame has not been scored yet.";
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Where the frame's map lies in its block's blob; null where the frame has none. */
export function errorMapRange(offsets: Uint32Array, frame: number): { start: number; length: number } | null {
  const index = frame % FRAMES_PER_BLOCK;
  const start = offsets[index];
  const end = offsets[index + 1];
  return start === undefined || end === undefined || end <= start ? null : { start, length: end - start };
}
