// Clips, their frame packs and their ground truth. Lists leave the long columns out.
import type { Split } from "@engram/core";
import type { Database } from "./database.ts";
import type { Clip, FrameLabels, FramePack, Prisma } from "./generated/prisma/client.ts";

export type ClipSummary = Omit<Clip, "ptsMs" | "archiveIndex" | "frameNames" | "frameSizes">;

export type NewClip = Omit<Prisma.ClipUncheckedCreateInput, ClipChildren> & {
  readonly labels?: Omit<Prisma.FrameLabelsUncheckedCreateInput, "clipId">;
};
type ClipChildren =
  | "framePacks"
  | "frameLabels"
  | "scoreBlocks"
  | "scorePyramids"
  | "histograms"
  | "errorMaps"
  | "masks"
  | "events";

/** The clip and its labels, both or neither. */
export function createClip(db: Database, { labels, ...clip }: NewClip): Promise<Clip> {
  return db.prisma.clip.create({
    data: labels === undefined ? clip : { ...clip, frameLabels: { create: labels } },
  });
}

/** In the order in which they are scored. Quarantined ones only where asked for. */
export function listClips(
  db: Database,
  scope: { readonly projectId: string; readonly datasetVersionId: string },
  filter: { readonly split?: Split; readonly withQuarantined?: boolean } = {},
): Promise<ClipSummary[]> {
  return db.prisma.clip.findMany({
    where: {
      ...scope,
      ...(filter.split === undefined ? {} : { split: filter.split }),
      ...(filter.withQuarantined ? {} : { state: "READY" }),
    },
    omit: { ptsMs: true, archiveIndex: true, frameNames: true, frameSizes: true },
    orderBy: [{ ordinal: "asc" }, { id: "asc" }],
  });
}

/**
 * Whose frames tell an 8-bit run the ranges of its activations: of the data its model was trained on the calibration
 * clips, or the training clips where none of those is long enough.
 *
 * @param fewestFrames those of the model's window
 */
export async function listQuantizationClips(
  db: Database,
  scope: { readonly projectId: string; readonly datasetVersionId: string },
  fewestFrames: number,
): Promise<ClipSummary[]> {
  const clips = (await listClips(db, scope)).filter(({ frameCount }) => frameCount >= fewestFrames);
  const held = clips.filter(({ split }) => split === "CALIBRATION");
  return held.length > 0 ? held : clips.filter(({ split }) => split === "TRAIN");
}

/** With all its columns. */
export function findClip(db: Database, projectId: string, id: string): Promise<Clip | null> {
  return db.prisma.clip.findUnique({ where: { id, projectId } });
}

/** null where the clip has no ground truth. */
export function findFrameLabels(
  db: Database,
  projectId: string,
  clipId: string,
): Promise<FrameLabels | null> {
  return db.prisma.frameLabels.findUnique({ where: { clipId, clip: { projectId } } });
}

export interface PackSize {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export function findFramePack(db: Database, clipId: string, size: PackSize): Promise<FramePack | null> {
  return db.prisma.framePack.findUnique({ where: { clipId_width_height_channels: { clipId, ...size } } });
}

/** Two jobs may pack one clip at the same time, to the same bytes: there is one row, of the later one. */
export async function saveFramePack(
  db: Database,
  clipId: string,
  size: PackSize,
  blobHash: string,
): Promise<FramePack> {
  await db.prisma.framePack.createMany({ data: [{ clipId, ...size, blobHash }], skipDuplicates: true });
  return db.prisma.framePack.update({
    where: { clipId_width_height_channels: { clipId, ...size } },
    data: { blobHash },
  });
}
