// IMPORT_MODEL: weights that were trained elsewhere are read and checked, calibrated on the data set's normal frames, and
// become a model version like any other. Nothing is kept between attempts: calibration is all that takes time.
import {
  AppError,
  architectureSlug,
  type ImportModelInput,
  MAX_WEIGHTS_BYTES,
  resolveHyperparameters,
  type TrainingMetrics,
  trainingMetricsSchema,
} from "@engram/core";
import { type ClipSummary, createModelVersion, ensureModel, type Upload } from "@engram/db";
import { createDetector, type Detector, readPublishedWeights } from "@engram/detectors";
import type { TensorDataMap } from "@engram/engine";
import { calibrateModel } from "../calibrate-model.ts";
import { findCompleteUpload } from "../find-upload.ts";
import type { JobContext } from "../job-context.ts";
import { findNormalClips, withNormalClips } from "../normal-clips.ts";
import { planTraining } from "../train/clip-ranges.ts";

export async function importModel(
  context: JobContext,
  input: ImportModelInput,
): Promise<{ readonly modelVersionId: string }> {
  const { db, job } = context;
  const upload = await findCompleteUpload(context, input.uploadId, "WEIGHTS");
  const clips = await findNormalClips(context, input.datasetVersionId);
  const { detector, state } = await readWeights(context, upload, input);
  const owner = { organizationId: job.organizationId, projectId: job.projectId };
  requireFootage(detector, clips);
  const { architecture, hyperparameters } = detector;
  const { modelName: name, modelSlug: slug } = input;
  const model = await ensureModel(db, { ...owner, name, slug, architecture });
  const { calibration, checkpointHash } = await withNormalClips(
    context,
    clips,
    detector.hyperparameters.size,
    (sources) => {
      const plan = planTraining(sources.train, sources.calibration, "HOLD_OUT", detector.windowFrames);
      // Whoever trained the weights may have trained them on any of these frames.
      return calibrateModel(context, detector, state, { ...plan, source: "TRAINING_FRAMES" });
    },
  );
  const version = await createModelVersion(db, {
    ...{ ...owner, modelId: model.id, datasetVersionId: input.datasetVersionId, trainJobId: job.id },
    ...{ hyperparameters, checkpointHash, calibration },
    metrics: untrained(detector),
    importedFrom: { fileName: upload.fileName, sha256: upload.blobHash, sizeBytes: Number(upload.sizeBytes) },
  });
  return { modelVersionId: version.id };
}

async function readWeights(
  { blobs }: JobContext,
  { blobHash, fileName }: Pick<Upload, "fileName"> & { readonly blobHash: string },
  { architecture, width, items, size }: ImportModelInput,
): Promise<{ readonly detector: Detector; readonly state: TensorDataMap }> {
  if ((await blobs.sizeBytes(blobHash)) > MAX_WEIGHTS_BYTES) {
    throw new AppError(
      "LIMIT_EXCEEDED",
      `"${fileName}" has more than the ${MAX_WEIGHTS_BYTES} bytes allowed.`,
    );
  }
  const { state, ...form } = readPublishedWeights(await blobs.read(blobHash), { architecture, width, items });
  // How the weights were trained, no tensor tells: the published settings stand for it.
  const hyperparameters = resolveHyperparameters(form.architecture, "paper", {
    ...{ size, width: form.width, items: form.items },
  });
  return { detector: createDetector(form.architecture, hyperparameters), state };
}

/** Asked where the job is submitted, but for weights of which nothing was said then. @throws AppError BAD_INPUT */
function requireFootage({ architecture, windowFrames }: Detector, clips: readonly ClipSummary[]): void {
  if (windowFrames === 1 || clips.every(({ kind }) => kind === "VIDEO")) return;
  throw new AppError(
    "BAD_INPUT",
    `The data set holds single pictures, and these weights are of ${architectureSlug(architecture)}, which looks at ${windowFrames} consecutive frames.`,
  );
}

/** Not one step was trained here. */
function untrained({ parameterCount }: Detector): TrainingMetrics {
  return trainingMetricsSchema.parse({
    ...{ epochs: [], steps: 0, millisecondsPerStep: null, device: "none", parameterCount },
  });
}
