// Models and their trained versions.
import {
  AppError,
  type Architecture,
  type Calibration,
  type Hyperparameters,
  type ImportedFrom,
  type TrainingMetrics,
} from "@engram/core";
import { v7 as uuidv7 } from "uuid";
import { type Database, inTransaction } from "./database.ts";
import type { Model, ModelVersion } from "./generated/prisma/client.ts";

export interface NewModel {
  readonly organizationId: string;
  readonly projectId: string;
  readonly name: string;
  readonly slug: string;
  readonly architecture: Architecture;
}

/** The project's model of this slug, made where it is missing. @throws AppError CONFLICT: of another architecture */
export async function ensureModel(db: Database, model: NewModel): Promise<Model> {
  const { projectId, slug, architecture } = model;
  // Not Prisma's upsert: with nothing to update it reads, then writes, and two at once collide.
  await db.prisma.model.createMany({ data: [model], skipDuplicates: true });
  const where = { projectId_slug: { projectId, slug } };
  const found = await db.prisma.model.findUniqueOrThrow({ where });
  if (found.architecture === architecture) return found;
  throw new AppError(
    "CONFLICT",
    `The model "${slug}" is of architecture ${found.architecture}, not ${architecture}: choose another name.`,
    { field: "model" },
  );
}

export interface NewModelVersion {
  readonly organizationId: string;
  readonly projectId: string;
  readonly modelId: string;
  readonly datasetVersionId: string;
  readonly trainJobId: string;
  readonly hyperparameters: Hyperparameters;
  readonly checkpointHash: string;
  /** of a monitored training: the checkpoints of its best and of its last epoch; default: none is kept */
  readonly bestCheckpointHash?: string | null;
  readonly lastCheckpointHash?: string | null;
  readonly calibration: Calibration;
  readonly metrics: TrainingMetrics;
  /** default: it was trained here */
  readonly importedFrom?: ImportedFrom | null;
}

/** The model's next version. A later attempt of the same job takes the place of what an earlier one wrote. */
export function createModelVersion(db: Database, version: NewModelVersion): Promise<ModelVersion> {
  return inTransaction(db, async (client) => {
    await client.query("SELECT 1 FROM model WHERE id = $1 FOR UPDATE", [version.modelId]);
    const { rows } = await client.query<ModelVersion>(
      `INSERT INTO model_version (id, "organizationId", "projectId", "modelId", number, "datasetVersionId",
         "trainJobId", hyperparameters, "checkpointHash", calibration, metrics, "importedFrom",
         "bestCheckpointHash", "lastCheckpointHash")
       SELECT $1, $2, $3, $4, coalesce(max(number), 0) + 1, $5, $6, $7, $8, $9, $10, $11, $12, $13
       FROM model_version WHERE "modelId" = $4
       ON CONFLICT ("trainJobId") DO UPDATE SET "checkpointHash" = EXCLUDED."checkpointHash",
         calibration = EXCLUDED.calibration, metrics = EXCLUDED.metrics,
         "bestCheckpointHash" = EXCLUDED."bestCheckpointHash", "lastCheckpointHash" = EXCLUDED."lastCheckpointHash"
       RETURNING *`,
      [
        ...[uuidv7(), version.organizationId, version.projectId, version.modelId, version.datasetVersionId],
        ...[version.trainJobId, JSON.stringify(version.hyperparameters), version.checkpointHash],
        ...[JSON.stringify(version.calibration), JSON.stringify(version.metrics)],
        version.importedFrom ? JSON.stringify(version.importedFrom) : null,
        ...[version.bestCheckpointHash ?? null, version.lastCheckpointHash ?? null],
      ],
    );
    const created = rows[0];
    if (created === undefined) throw new AppError("INTERNAL", "A model version was not written.");
    return created;
  });
}

/** Training checkpoints that the model version of a job keeps. */
export async function findKeptCheckpoints(db: Database, trainJobId: string): Promise<string[]> {
  const version = await db.prisma.modelVersion.findUnique({
    where: { trainJobId },
    select: { bestCheckpointHash: true, lastCheckpointHash: true },
  });
  const hashes = [version?.bestCheckpointHash, version?.lastCheckpointHash];
  return hashes.filter((hash) => typeof hash === "string");
}

export function findModelVersion(
  db: Database,
  projectId: string,
  id: string,
): Promise<(ModelVersion & { model: Model }) | null> {
  return db.prisma.modelVersion.findUnique({ where: { id, projectId }, include: { model: true } });
}

/** The newest: of the model, or of those trained on the dataset, or of the project. */
export function findLatestModelVersion(
  db: Database,
  projectId: string,
  among: { readonly modelId?: string; readonly datasetId?: string } = {},
): Promise<ModelVersion | null> {
  const { modelId, datasetId } = among;
  return db.prisma.modelVersion.findFirst({
    where: {
      projectId,
      ...(modelId === undefined ? {} : { modelId }),
      ...(datasetId === undefined ? {} : { datasetVersion: { datasetId } }),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
}
