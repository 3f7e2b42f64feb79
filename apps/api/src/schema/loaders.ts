// Rows by id for fields that no relation leads to, gathered over one request into one query each.
import type { ClipKind } from "@engram/core";
import type { Database, DatasetVersion, Model, ModelVersion, ScoringRun } from "@engram/db";
import DataLoader from "dataloader";

export interface VersionTotals {
  readonly clipCount: number;
  readonly frameCount: number;
  /** of its clips, which come of one layout */
  readonly kind: ClipKind;
}

export interface Loaders {
  readonly datasetVersion: DataLoader<string, (DatasetVersion & { readonly datasetSlug: string }) | null>;
  readonly model: DataLoader<string, Model | null>;
  readonly modelVersion: DataLoader<string, (ModelVersion & { readonly modelSlug: string }) | null>;
  readonly scoringRun: DataLoader<string, ScoringRun | null>;
  readonly versionTotals: DataLoader<string, VersionTotals>;
  /** ground truth of a clip, one byte a frame, null without labels */
  readonly labels: DataLoader<string, Uint8Array | null>;
  /** file names of a clip's pictures, none for a video */
  readonly frameNames: DataLoader<string, readonly string[]>;
}

/** Loads nothing of other organizations, whatever id it is asked for. */
export function createLoaders(database: Database, organizationId: string | null): Loaders {
  const { prisma } = database;
  const within = (ids: readonly string[]) => ({
    id: { in: [...ids] },
    organizationId: organizationId ?? { in: [] },
  });
  return {
    datasetVersion: byId(async (ids) => {
      const rows = await prisma.datasetVersion.findMany({
        where: within(ids),
        include: { dataset: { select: { slug: true } } },
      });
      // Under a name of its own: a half-loaded relation would be taken for the whole.
      return rows.map(({ dataset, ...version }) => ({ ...version, datasetSlug: dataset.slug }));
    }),
    model: byId((ids) => prisma.model.findMany({ where: within(ids) })),
    modelVersion: byId(async (ids) => {
      const rows = await prisma.modelVersion.findMany({
        where: within(ids),
        include: { model: { select: { slug: true } } },
      });
      return rows.map(({ model, ...version }) => ({ ...version, modelSlug: model.slug }));
    }),
    scoringRun: byId((ids) => prisma.scoringRun.findMany({ where: within(ids) })),
    versionTotals: new DataLoader(async (ids) => {
      const totals = await prisma.clip.groupBy({
        by: ["datasetVersionId", "kind"],
        where: { datasetVersionId: { in: [...ids] } },
        _count: true,
        _sum: { frameCount: true },
      });
      const found = new Map(totals.map((row) => [row.datasetVersionId, row]));
      return ids.map((id) => {
        const row = found.get(id);
        if (row === undefined) return NOTHING;
        return { clipCount: row._count, frameCount: row._sum.frameCount ?? 0, kind: row.kind };
      });
    }),
    labels: new DataLoader(async (clipIds) => {
      const rows = await prisma.frameLabels.findMany({
        where: { clipId: { in: [...clipIds] }, clip: { organizationId: organizationId ?? { in: [] } } },
        select: { clipId: true, labels: true },
      });
      const found = new Map(rows.map((row) => [row.clipId, row.labels]));
      return clipIds.map((id) => found.get(id) ?? null);
    }),
    frameNames: new DataLoader(async (clipIds) => {
      const clips = await prisma.clip.findMany({
        where: within(clipIds),
        select: { id: true, frameNames: true },
      });
      const found = new Map(clips.map(({ id, frameNames }) => [id, frameNames]));
      return clipIds.map((id) => found.get(id) ?? []);
    }),
  };
}

/** A version without clips. */
const NOTHING: VersionTotals = { clipCount: 0, frameCount: 0, kind: "VIDEO" };

function byId<T extends { id: string }>(find: (ids: readonly string[]) => Promise<T[]>) {
  return new DataLoader<string, T | null>(async (ids) => {
    const found = new Map((await find(ids)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  });
}
