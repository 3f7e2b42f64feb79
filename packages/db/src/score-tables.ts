// The rows of a clip's scores, and how COPY writes them.
import type { Lane } from "@engram/core";
import { v7 as uuidv7 } from "uuid";
import type { CopyTable } from "./copy.ts";
import { float8, float8Array, int4, int4Array, text, textArray, uuid } from "./copy-encoding.ts";
import type { HistogramKind, RetentionClass } from "./generated/prisma/client.ts";
import { packFloat32, packUint32 } from "./packing.ts";

/** One clip in one run. */
export interface ScoredClip {
  readonly scoringRunId: string;
  readonly clipId: string;
}

export interface ScoreBlock {
  readonly block: number;
  readonly frameCount: number;
  readonly lanes: readonly Lane[];
  /** float32 [lanes, frameCount]; NaN marks a frame that cannot be scored */
  readonly values: Float32Array;
  /** one entry a lane (numerics: blockStatistics), so that a query can skip the block without opening it */
  readonly statistics: readonly LaneStatistics[];
}

export interface LaneStatistics {
  /** null where no frame was scored */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** scored frames */
  readonly count: number;
}

export interface PyramidChunk {
  /** buckets of 2^level frames */
  readonly level: number;
  /** 1024 buckets each, the last one fewer */
  readonly chunk: number;
  readonly bucketCount: number;
  readonly lanes: readonly Lane[];
  /** float32 [lanes, bucketCount, 4]: min, max, mean, count. Count 0 is a gap */
  readonly values: Float32Array;
}

export interface HistogramBlock {
  readonly block: number;
  readonly kind: HistogramKind;
  readonly edgesVersion: number;
  readonly frameCount: number;
  /** uint32 [frameCount, 64]; all zero for a frame that cannot be scored */
  readonly counts: Uint32Array;
}

/** Depth of a stored error map. */
export type ErrorMapBits = 8 | 16;

export interface ErrorMapBlockRow {
  readonly block: number;
  readonly width: number;
  readonly height: number;
  /** the error that the largest stored number stands for */
  readonly scaleMax: number;
  readonly bitsPerPixel: ErrorMapBits;
  readonly frameCount: number;
  readonly blobHash: string;
  /** uint32 [frameCount + 1]; equal neighbours mean no map */
  readonly offsets: Uint32Array;
  readonly retention: RetentionClass;
}

export interface MaskRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly areaPx: number;
  readonly centroidX: number;
  readonly centroidY: number;
  readonly peak: number;
}

export interface FrameMask {
  readonly frameIndex: number;
  readonly width: number;
  readonly height: number;
  readonly threshold: number;
  readonly areaPx: number;
  /** run lengths, row-major, starting with a run of 0s */
  readonly runs: Uint32Array;
  readonly regions: readonly MaskRegion[];
}

export type IdentifiedMask = FrameMask & { readonly id: string };

export function identifyMask(mask: FrameMask): IdentifiedMask {
  return { ...mask, id: uuidv7() };
}

export function scoreBlockTable({ scoringRunId, clipId }: ScoredClip): CopyTable<ScoreBlock> {
  const owner = [uuid(scoringRunId), uuid(clipId)];
  return {
    table: "frame_score_block",
    columns: [
      ...["scoringRunId", "clipId", "block", "frameCount", "lanes", "values"],
      ...["mins", "maxs", "means", "counts"],
    ],
    fields({ block, frameCount, lanes, values, statistics }) {
      requireLength(values.length, lanes.length * frameCount, "A score block");
      requireLength(statistics.length, lanes.length, "The statistics of a score block");
      return [
        ...[...owner, int4(block), int4(frameCount), textArray(lanes), packFloat32(values)],
        float8Array(statistics.map(({ min }) => min)),
        float8Array(statistics.map(({ max }) => max)),
        float8Array(statistics.map(({ mean }) => mean)),
        int4Array(statistics.map(({ count }) => count)),
      ];
    },
  };
}

export function pyramidTable({ scoringRunId, clipId }: ScoredClip): CopyTable<PyramidChunk> {
  const owner = [uuid(scoringRunId), uuid(clipId)];
  return {
    table: "score_pyramid",
    columns: ["scoringRunId", "clipId", "level", "chunk", "bucketCount", "lanes", "values"],
    fields({ level, chunk, bucketCount, lanes, values }) {
      requireLength(values.length, lanes.length * bucketCount * 4, "A pyramid chunk");
      return [
        ...[...owner, int4(level), int4(chunk), int4(bucketCount)],
        ...[textArray(lanes), packFloat32(values)],
      ];
    },
  };
}

export function histogramTable({ scoringRunId, clipId }: ScoredClip): CopyTable<HistogramBlock> {
  const owner = [uuid(scoringRunId), uuid(clipId)];
  return {
    table: "error_histogram_block",
    columns: ["scoringRunId", "clipId", "block", "kind", "edgesVersion", "frameCount", "counts"],
    fields: ({ block, kind, edgesVersion, frameCount, counts }) => [
      ...[...owner, int4(block), text(kind), int4(edgesVersion), int4(frameCount), packUint32(counts)],
    ],
  };
}

export function errorMapTable({ scoringRunId, clipId }: ScoredClip): CopyTable<ErrorMapBlockRow> {
  const owner = [uuid(scoringRunId), uuid(clipId)];
  return {
    table: "error_map_block",
    columns: [
      ...["scoringRunId", "clipId", "block", "width", "height", "scaleMax", "bitsPerPixel"],
      ...["frameCount", "blobHash", "offsets", "retention"],
    ],
    fields({ block, width, height, scaleMax, bitsPerPixel, frameCount, blobHash, offsets, retention }) {
      requireLength(offsets.length, frameCount + 1, "The offsets of an error map block");
      return [
        ...[...owner, int4(block), int4(width), int4(height), float8(scaleMax), int4(bitsPerPixel)],
        ...[int4(frameCount), text(blobHash), packUint32(offsets), text(retention)],
      ];
    },
  };
}

export function maskTable({ scoringRunId, clipId }: ScoredClip): CopyTable<IdentifiedMask> {
  const owner = [uuid(scoringRunId), uuid(clipId)];
  return {
    table: "localization_mask",
    columns: [
      ...["scoringRunId", "clipId", "id", "frameIndex", "width", "height", "threshold", "areaPx", "runs"],
    ],
    fields: ({ id, frameIndex, width, height, threshold, areaPx, runs }) => [
      ...[...owner, uuid(id), int4(frameIndex), int4(width), int4(height)],
      ...[float8(threshold), int4(areaPx), packUint32(runs)],
    ],
  };
}

export const regionTable: CopyTable<MaskRegion & { readonly maskId: string }> = {
  table: "localization_region",
  columns: ["id", "maskId", "x", "y", "width", "height", "areaPx", "centroidX", "centroidY", "peak"],
  fields: (region) => [
    ...[uuid(uuidv7()), uuid(region.maskId), int4(region.x), int4(region.y)],
    ...[int4(region.width), int4(region.height), int4(region.areaPx)],
    ...[float8(region.centroidX), float8(region.centroidY), float8(region.peak)],
  ],
};

function requireLength(actual: number, expected: number, what: string): void {
  if (actual !== expected) throw new RangeError(`${what} has ${actual} values, expected ${expected}.`);
}
