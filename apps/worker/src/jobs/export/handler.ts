// EXPORT: a model version as files for use elsewhere, in one archive. There is none unless the exported graph scores as
// the trained detector does.
import {
  AppError,
  type ExportInput,
  type ExportParity,
  exportName,
  type jobResultSchemas,
} from "@engram/core";
import {
  type ClipSummary,
  findClip,
  findDatasetVersion,
  findModelVersion,
  listClips,
  saveModelExport,
} from "@engram/db";
import { exportModel, measureParity, readModelCheckpoint } from "@engram/detectors";
import type { z } from "zod";
import { type OpenClip, openClip } from "../../frames/open-clip.ts";
import { type Phase, startPhase } from "../../progress.ts";
import type { JobContext } from "../job-context.ts";
import { openCheckpoint } from "../open-checkpoint.ts";
import { storeBundle } from "./bundle.ts";
import { describeModelVersion, type ModelVersionFacts } from "./model-facts.ts";

type ExportResult = z.infer<typeof jobResultSchemas.EXPORT>;

/** @throws AppError EXPORT_MISMATCH where the exported graph does not score as the trained detector does */
export async function exportModelVersion(context: JobContext, input: ExportInput): Promise<ExportResult> {
  const { db, blobs, job } = context;
  const facts = await findFacts(context, input.modelVersionId);
  const { modelVersion } = facts;
  const trained = await readModelCheckpoint(await openCheckpoint(blobs, modelVersion.checkpointHash));
  const exported = exportModel(trained.detector, trained.state);
  const parity = await proveParity(context, facts, { ...trained, encoded: exported.encoded });
  const name = exportName(modelVersion.model.slug, modelVersion.number, input.format);
  const files = await describeModelVersion(context, facts, trained.detector, exported, parity);
  const { hash: bundleHash, sizeBytes } = await storeBundle(context, name, files, modelVersion.createdAt);
  const { id: modelExportId } = await saveModelExport(db, {
    ...{ organizationId: job.organizationId, projectId: job.projectId, jobId: job.id },
    ...{ modelVersionId: modelVersion.id, format: input.format, bundleHash, sizeBytes, parity },
  });
  return { modelExportId, bundleHash, parity };
}

async function findFacts({ db, job }: JobContext, modelVersionId: string): Promise<ModelVersionFacts> {
  const modelVersion = await findModelVersion(db, job.projectId, modelVersionId);
  const datasetVersion =
    modelVersion && (await findDatasetVersion(db, job.projectId, modelVersion.datasetVersionId));
  if (modelVersion !== null && datasetVersion !== null) return { modelVersion, datasetVersion };
  throw new AppError(
    "NOT_FOUND",
    "The model version, or the data it was trained on, does not exist any more.",
  );
}

type Contenders = Pick<Parameters<typeof measureParity>[0], "detector" | "state" | "encoded">;

async function proveParity(
  context: JobContext,
  { modelVersion }: ModelVersionFacts,
  contenders: Contenders,
): Promise<ExportParity> {
  const device = await context.openDevice();
  const { size } = contenders.detector.hyperparameters;
  const clip = await openSample(context, modelVersion.datasetVersionId, size);
  let phase: Phase | undefined;
  try {
    return await measureParity({
      ...{ ...contenders, device, clip, signal: context.signal },
      onProgress({ done, total }) {
        phase ??= startPhase({ ...context, phase: "compare", unit: "frames", total });
        phase.update(done);
      },
    });
  } finally {
    await clip.close();
  }
}

/** The longest of the clips that the model learned from, the first of equals: the same in every export. */
async function openSample(context: JobContext, datasetVersionId: string, size: number): Promise<OpenClip> {
  const { projectId } = context.job;
  const clips = await listClips(context.db, { projectId, datasetVersionId }, { split: "TRAIN" });
  const longest = clips.reduce<ClipSummary | null>(
    (best, clip) => (best === null || clip.frameCount > best.frameCount ? clip : best),
    null,
  );
  const clip = longest && (await findClip(context.db, projectId, longest.id));
  if (!clip)
    throw new AppError("NOT_FOUND", "The clips that the model was trained on do not exist any more.");
  return openClip(context, clip, size);
}
