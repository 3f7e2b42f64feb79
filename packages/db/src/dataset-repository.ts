// Datasets and their versions. A version is IMPORTING while its INGEST job writes it, then READY and never changed.
import { AppError, type DatasetLayout, type ImportReport } from "@engram/core";
import { v7 as uuidv7 } from "uuid";
import { type Database, inTransaction } from "./database.ts";
import type { Dataset, DatasetVersion } from "./generated/prisma/client.ts";
import { discardImport } from "./job-products.ts";

export interface NewDatasetVersion {
  readonly organizationId: string;
  readonly projectId: string;
  /** of the dataset: made where the project has none of this slug */
  readonly datasetName: string;
  readonly datasetSlug: string;
  readonly layout: DatasetLayout;
  readonly ingestJobId: string;
}

/** Begins the dataset's next version. What an earlier attempt of the same job had begun goes. */
export function beginDatasetVersion(db: Database, version: NewDatasetVersion): Promise<DatasetVersion> {
  const { organizationId, projectId, datasetName, datasetSlug, layout, ingestJobId } = version;
  return inTransaction(db, async (client) => {
    await discardImport(client, ingestJobId);
    // The update that changes nothing locks the row: two imports into one dataset get different numbers.
    const datasets = await client.query<Pick<Dataset, "id">>(
      `INSERT INTO dataset (id, "organizationId", "projectId", name, slug) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT ("projectId", slug) DO UPDATE SET slug = EXCLUDED.slug
       RETURNING id`,
      [uuidv7(), organizationId, projectId, datasetName, datasetSlug],
    );
    const { rows } = await client.query<DatasetVersion>(
      `INSERT INTO dataset_version (id, "organizationId", "projectId", "datasetId", number, layout, "ingestJobId")
       SELECT $1, $2, $3, $4, coalesce(max(number), 0) + 1, $5, $6
       FROM dataset_version WHERE "datasetId" = $4
       RETURNING *`,
      [uuidv7(), organizationId, projectId, datasets.rows[0]?.id, layout, ingestJobId],
    );
    const begun = rows[0];
    if (begun === undefined) throw new AppError("INTERNAL", "A dataset version was not written.");
    return begun;
  });
}

/** IMPORTING → READY. @throws AppError CONFLICT where it is not being imported (its job was canceled, say) */
export async function completeDatasetVersion(
  db: Database,
  id: string,
  outcome: { readonly contentHash: string; readonly report: ImportReport },
): Promise<DatasetVersion> {
  const [completed] = await db.prisma.datasetVersion.updateManyAndReturn({
    where: { id, state: "IMPORTING" },
    data: { ...outcome, state: "READY", readyAt: new Date() },
  });
  if (completed === undefined) throw new AppError("CONFLICT", "The dataset version is not being imported.");
  return completed;
}

export function findDataset(db: Database, projectId: string, id: string): Promise<Dataset | null> {
  return db.prisma.dataset.findUnique({ where: { id, projectId } });
}

export function findDatasetBySlug(db: Database, projectId: string, slug: string): Promise<Dataset | null> {
  return db.prisma.dataset.findUnique({ where: { projectId_slug: { projectId, slug } } });
}

export function findDatasetVersion(
  db: Database,
  projectId: string,
  id: string,
): Promise<(DatasetVersion & { dataset: Dataset }) | null> {
  return db.prisma.datasetVersion.findUnique({ where: { id, projectId }, include: { dataset: true } });
}

/** The newest READY version. */
export function findLatestDatasetVersion(
  db: Database,
  projectId: string,
  datasetId: string,
): Promise<DatasetVersion | null> {
  return db.prisma.datasetVersion.findFirst({
    where: { projectId, datasetId, state: "READY" },
    orderBy: { number: "desc" },
  });
}
