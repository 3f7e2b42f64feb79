// Rows for tests: whatever a test does not say is filled in. Names are unique, so builders may be called repeatedly.
import { randomUUID } from "node:crypto";
import { type JobKind, laneSchema, resolveHyperparameters } from "@engram/core";
import {
  type Clip,
  createClip,
  createJob,
  createModelVersion,
  createScoringRun,
  type Database,
  type DatasetVersion,
  ensureModel,
  ensureProject,
  type Job,
  type ModelVersion,
  type NewClip,
  type NewJob,
  type NewScoringRun,
  type Project,
  type ScoringRun,
} from "@engram/db";

/** A project in an organization of its own. */
export async function buildProject(db: Database, given: { name?: string } = {}): Promise<Project> {
  const slug = unique("project");
  const organization = await db.prisma.organization.create({ data: { name: slug, slug } });
  return ensureProject(db, { organizationId: organization.id, name: given.name ?? slug, slug });
}

export interface Owner {
  readonly organizationId: string;
  /** of the project */
  readonly id: string;
}

/** READY, of a new dataset, without clips. */
export async function buildDatasetVersion(
  db: Database,
  project: Owner,
  given: { slug?: string } = {},
): Promise<DatasetVersion> {
  const slug = given.slug ?? unique("dataset");
  const scope = { organizationId: project.organizationId, projectId: project.id };
  const dataset = await db.prisma.dataset.create({ data: { ...scope, name: slug, slug } });
  return db.prisma.datasetVersion.create({
    data: {
      ...{ ...scope, datasetId: dataset.id, number: 1, layout: "MNAD" },
      ...{ state: "READY", readyAt: new Date(), contentHash: "0".repeat(64) },
    },
  });
}

/** A test clip of 100 frames without pictures. */
export function buildClip(
  db: Database,
  version: Pick<DatasetVersion, "id" | "organizationId" | "projectId">,
  given: Partial<NewClip> = {},
): Promise<Clip> {
  return createClip(db, {
    organizationId: version.organizationId,
    projectId: version.projectId,
    datasetVersionId: version.id,
    ...{ split: "TEST", ordinal: 0, name: unique("clip"), width: 64, height: 48, frameCount: 100 },
    ...given,
  });
}

/** A job in QUEUED, which is in no queue. */
export async function buildJob(db: Database, project: Owner, given: Partial<NewJob> = {}): Promise<Job> {
  const kind: JobKind = given.kind ?? "EXPORT";
  const scope = { organizationId: project.organizationId, projectId: project.id };
  const { job } = await createJob(db, { ...scope, kind, input: {}, ...given });
  return job;
}

/** The first version of a new model, as a TRAIN job leaves it; its checkpoint is in no store. */
export async function buildModelVersion(
  db: Database,
  version: Pick<DatasetVersion, "id" | "organizationId" | "projectId">,
): Promise<ModelVersion> {
  const scope = { organizationId: version.organizationId, projectId: version.projectId };
  const slug = unique("model");
  const model = await ensureModel(db, { ...scope, name: slug, slug, architecture: "MNAD_PREDICTION" });
  const project = { organizationId: version.organizationId, id: version.projectId };
  const job = await buildJob(db, project, { kind: "TRAIN" });
  return createModelVersion(db, {
    ...scope,
    modelId: model.id,
    datasetVersionId: version.id,
    trainJobId: job.id,
    hyperparameters: resolveHyperparameters("MNAD_PREDICTION", "tiny"),
    checkpointHash: "0".repeat(64),
    calibration: {
      ...{ source: "CALIBRATION_FRAMES", frameCount: 0, samples: {} },
      ...{ maskThreshold: null, backgroundError: null },
    },
    metrics: {
      ...{ epochs: [], steps: 0, millisecondsPerStep: null, device: "none", parameterCount: 0 },
      ...{ modelEpoch: null, best: null, earlyStop: null },
    },
  });
}

/** PENDING, with its job in QUEUED. */
export async function buildScoringRun(
  db: Database,
  modelVersion: Pick<ModelVersion, "id" | "organizationId" | "projectId" | "datasetVersionId">,
  given: Partial<NewScoringRun> = {},
): Promise<{ scoringRun: ScoringRun; job: Job }> {
  const { scoringRun, job } = await createScoringRun(db, {
    organizationId: modelVersion.organizationId,
    projectId: modelVersion.projectId,
    modelVersionId: modelVersion.id,
    datasetVersionId: modelVersion.datasetVersionId,
    lanes: laneSchema.options,
    maskThreshold: null,
    ...given,
  });
  return { scoringRun, job };
}

function unique(what: string): string {
  return `${what}-${randomUUID().slice(0, 8)}`;
}
