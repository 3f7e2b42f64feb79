// What the data of a job has to be like before the job is taken: better said now than by a job that fails later.
import {
  AppError,
  architectureSlug,
  type TrainableArchitecture,
  trainableArchitectureSchema,
  WINDOW_FRAMES,
} from "@engram/core";
import { type Database, listQuantizationClips } from "@engram/db";
import type { Viewer } from "../../schema/viewer.ts";

/** A dataset version, as it is spoken of. */
interface VersionName {
  readonly id: string;
  readonly number: number;
  readonly dataset: { readonly slug: string };
}

/** @throws AppError NOT_FOUND; CONFLICT where it is not ready */
export async function findReadyVersion({ prisma }: Database, viewer: Viewer, id: string | null) {
  const version = await prisma.datasetVersion.findUnique({
    where: {
      id: required(id, "dataset version", "datasetVersionId"),
      organizationId: viewer.organizationId,
    },
    select: { id: true, projectId: true, number: true, state: true, dataset: { select: { slug: true } } },
  });
  if (version === null) throw notFound("dataset version", "datasetVersionId");
  if (version.state === "READY") return version;
  throw new AppError(
    "CONFLICT",
    `Version ${version.number} of ${version.dataset.slug} is ${version.state}, and must be READY.`,
    { field: "datasetVersionId" },
  );
}

/** @throws AppError BAD_INPUT, NO_TRAINING_CLIPS, CLIP_TOO_SHORT */
export async function requireClips(
  { prisma }: Database,
  version: VersionName,
  split: "TRAIN" | "TEST",
  fewestFrames: number,
): Promise<void> {
  const longest = await prisma.clip.aggregate({
    where: { datasetVersionId: version.id, split, state: "READY" },
    _max: { frameCount: true },
  });
  const field = "datasetVersionId";
  const name = `Version ${version.number} of ${version.dataset.slug}`;
  const frames = longest._max.frameCount;
  if (frames === null) {
    if (split === "TEST") throw new AppError("BAD_INPUT", `${name} has no test clips to score.`, { field });
    throw new AppError("NO_TRAINING_CLIPS", `${name} has no training clips.`, { field });
  }
  if (frames >= fewestFrames) return;
  throw new AppError(
    "CLIP_TOO_SHORT",
    `The longest training clip of ${name.toLowerCase()} has ${frames} frames; at least ${fewestFrames} are needed.`,
    { field },
  );
}

/** A detector that looks at several frames at once has nothing to look at in independent pictures. */
export async function requireFootage(
  { prisma }: Database,
  version: VersionName,
  architecture: TrainableArchitecture,
): Promise<void> {
  const frames = WINDOW_FRAMES[architecture];
  if (frames === 1) return;
  const pictures = await prisma.clip.findFirst({
    where: { datasetVersionId: version.id, kind: "IMAGES" },
    select: { id: true },
  });
  if (pictures === null) return;
  const others = trainableArchitectureSchema.options.filter((other) => WINDOW_FRAMES[other] === 1);
  throw new AppError(
    "BAD_INPUT",
    `Version ${version.number} of ${version.dataset.slug} holds single pictures, and ${architectureSlug(architecture)} looks at ${frames} consecutive frames: take ${others.map(architectureSlug).join(" or ")}.`,
    { field: "architecture" },
  );
}

/** INT8 draws the ranges of its activations from the data that the model was trained on. */
export async function requireNormalFrames(
  database: Database,
  projectId: string,
  datasetVersionId: string,
  architecture: TrainableArchitecture,
): Promise<void> {
  const frames = WINDOW_FRAMES[architecture];
  const clips = await listQuantizationClips(database, { projectId, datasetVersionId }, frames);
  if (clips.length > 0) return;
  throw new AppError(
    "BAD_INPUT",
    `INT8 needs normal frames of the data that the model was trained on, and no clip of it holds ${frames}: take FP32.`,
    { field: "precision" },
  );
}

export function required(id: string | null, what: string, field: string): string {
  if (id === null) throw notFound(what, field);
  return id;
}

export function notFound(what: string, field: string): AppError {
  return new AppError("NOT_FOUND", `There is no such ${what}.`, { field });
}
