// The pictures of a dataset version as a gallery shows them: those of its IMAGES clips, in one order over all folders,
// with what a run says of each. A set of pictures is small beside footage, so that it is ordered in memory.
import { AppError, type PictureOrder, type Split } from "@engram/core";
import { type Database, type ScoringRun, unpackUint32 } from "@engram/db";
import { resolveOffsetConnection } from "@pothos/plugin-relay";
import { isCursorOffset, type PageArguments, pageLimit } from "../../schema/page.ts";
import { abnormalityOf, findAbnormalityRule, lanesOf } from "../timeline/abnormality.ts";
import { readBlocksOfClips, unpackColumns } from "../timeline/columns.ts";
import { ABNORMALITY_FRAME_LIMIT } from "../timeline/reduce.ts";

export interface Picture {
  readonly clip: { readonly id: string; readonly name: string; readonly split: Split };
  readonly frame: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly isAbnormalInGroundTruth: boolean | null;
  /** null without a run, and where the run has none */
  readonly abnormality: number | null;
  /** null where there is no abnormality */
  readonly isFlagged: boolean | null;
}

export interface PictureFilter {
  readonly run: ScoringRun | null;
  readonly split: Split | null;
  readonly clipId: string | null;
  readonly order: PictureOrder;
}

export type PictureService = ReturnType<typeof createPictureService>;

export function createPictureService(database: Database) {
  return {
    /** The version is one the viewer may see, the run one of it. @throws AppError BAD_INPUT */
    async list(datasetVersionId: string, filter: PictureFilter, args: PageArguments) {
      const size = pageLimit(args);
      if (args.last != null || args.before != null) {
        throw new AppError("BAD_INPUT", 'Pictures are listed forwards: give "first" and "after".', {
          field: "last",
        });
      }
      if (args.after != null && !isCursorOffset(args.after)) {
        throw new AppError("BAD_INPUT", `"after" is no cursor of this list.`, { field: "after" });
      }
      const pictures = inOrder(await listPictures(database, datasetVersionId, filter), filter.order);
      const connection = await resolveOffsetConnection(
        { args, defaultSize: size, maxSize: size, totalCount: pictures.length },
        ({ offset, limit }) => pictures.slice(offset, offset + limit),
      );
      return { ...connection, totalCount: pictures.length };
    },
  };
}

/** By file name they stay as they are: folder by folder, in natural order. */
function inOrder(pictures: readonly Picture[], order: PictureOrder): readonly Picture[] {
  switch (order) {
    case "NAME":
      return pictures;
    case "ABNORMALITY":
      return pictures.toSorted((a, b) => (b.abnormality ?? -1) - (a.abnormality ?? -1));
    default:
      throw order satisfies never;
  }
}

async function listPictures(
  database: Database,
  datasetVersionId: string,
  { run, split, clipId }: PictureFilter,
): Promise<Picture[]> {
  const clips = await database.prisma.clip.findMany({
    where: {
      ...{ datasetVersionId, kind: "IMAGES", state: "READY" },
      ...(split && { split }),
      ...(clipId && { id: clipId }),
    },
    select: {
      ...{ id: true, name: true, split: true, kind: true, width: true, height: true, frameCount: true },
      ...{ frameNames: true, frameSizes: true, frameLabels: { select: { labels: true } } },
    },
    orderBy: [{ ordinal: "asc" }, { id: "asc" }],
  });
  const scores = await scorePictures(database, run, clips);
  return clips.flatMap(({ id, name, split: ofSplit, width, height, frameNames, frameSizes, frameLabels }) => {
    const sizes = frameSizes && unpackUint32(frameSizes);
    return frameNames.map((fileName, frame): Picture => {
      const label = frameLabels?.labels[frame];
      const abnormality = scores.abnormalityOf(id, frame);
      return {
        clip: { id, name, split: ofSplit },
        ...{ frame, name: fileName, abnormality },
        width: sizes?.[2 * frame] ?? width,
        height: sizes?.[2 * frame + 1] ?? height,
        isAbnormalInGroundTruth: label === undefined ? null : label === 1,
        isFlagged: abnormality === null ? null : abnormality >= scores.enterThreshold,
      };
    });
  });
}

async function scorePictures(
  database: Database,
  run: ScoringRun | null,
  clips: readonly { readonly id: string; readonly frameCount: number }[],
) {
  const none = { abnormalityOf: () => null, enterThreshold: Number.POSITIVE_INFINITY };
  if (run === null || clips.reduce((sum, clip) => sum + clip.frameCount, 0) > ABNORMALITY_FRAME_LIMIT)
    return none;
  const rule = await findAbnormalityRule(database, run, "IMAGES");
  if (rule.map === null) return none;
  const blocks = await readBlocksOfClips(
    database,
    run.id,
    clips.map(({ id }) => id),
  );
  const series = new Map(
    clips.map(({ id, frameCount }) => {
      const whole = { from: 0, to: frameCount - 1 };
      const columns = unpackColumns(blocks.get(id) ?? [], lanesOf(run), whole);
      return [id, abnormalityOf(rule, columns, whole, whole)];
    }),
  );
  return {
    abnormalityOf(clipId: string, frame: number): number | null {
      const value = series.get(clipId)?.[frame];
      return value !== undefined && Number.isFinite(value) ? value : null;
    },
    enterThreshold: rule.rules.enterThreshold,
  };
}
