// Submits and cancels jobs. A job is a row first; putting it into the queue comes after, and where that fails the
// worker's reconciler does it.
import { basename } from "node:path";
import {
  AppError,
  architectureSlug,
  calibrationSchema,
  type EvaluateInput,
  type ImportModelInput,
  type IngestInput,
  type IngestSource,
  importModelInputSchema,
  LANES,
  MAX_WEIGHTS_BYTES,
  resolveHyperparameters,
  type TrainInput,
  trainableArchitectureSchema,
  trainInputSchema,
  type UploadPurpose,
  WINDOW_FRAMES,
} from "@engram/core";
import {
  createJob,
  createScoringRun,
  type Database,
  ensureModel,
  type Job,
  requestJobCancel,
  type SubmittedJob,
  submitModelExport,
} from "@engram/db";
import type { JobQueue } from "@engram/queue";
import type { ApiLog } from "../../config.ts";
import { parseColumn } from "../../schema/json-column.ts";
import type { Viewer } from "../../schema/viewer.ts";
import { slugOf } from "../shared/slug.ts";
import {
  findReadyVersion,
  notFound,
  requireClips,
  required,
  requireFootage,
  requireNormalFrames,
} from "./data-requirements.ts";
import { resolveImportPath } from "./import-path.ts";
import type {
  EvaluateRequest,
  ExportRequest,
  ImportModelRequest,
  IngestRequest,
  ScoreRequest,
  TrainRequest,
} from "./requests.ts";

export interface JobServiceOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly log: ApiLog;
  readonly importRoots: readonly string[];
}

/** Ids are null where they are of another type. Every method @throws AppError for what the viewer can mend. */
export class JobService {
  readonly #options: JobServiceOptions;
  readonly #database: Database;

  constructor(options: JobServiceOptions) {
    this.#options = options;
    this.#database = options.database;
  }

  async ingest(viewer: Viewer, request: IngestRequest): Promise<Job> {
    const project = await this.#database.prisma.project.findUnique({
      where: {
        id: required(request.projectId, "project", "projectId"),
        organizationId: viewer.organizationId,
      },
    });
    if (project === null) throw notFound("project", "projectId");
    const input: IngestInput = {
      source: await this.#resolveSource(project.id, request.source),
      datasetName: request.datasetName,
      datasetSlug: slugOf(request.datasetName, "datasetName"),
      layout: request.layout,
      isDryRun: request.isDryRun,
    };
    return this.#submit(viewer, project.id, "INGEST", input, request.idempotencyKey);
  }

  async #resolveSource(projectId: string, source: IngestRequest["source"]): Promise<IngestSource> {
    if ("serverPath" in source) {
      return {
        kind: "SERVER_PATH",
        path: await resolveImportPath(source.serverPath, this.#options.importRoots),
      };
    }
    const upload = await this.#findUpload(projectId, source.uploadId, "DATASET", "source.uploadId");
    return { kind: "UPLOAD", uploadId: upload.id };
  }

  async #findUpload(projectId: string, id: string | null, purpose: UploadPurpose, field: string) {
    const upload = await this.#database.prisma.upload.findUnique({
      where: { id: required(id, "upload", field), projectId },
    });
    if (upload === null) throw notFound("upload", field);
    const { fileName } = upload;
    if (upload.purpose !== purpose) {
      const sentence = `The upload "${fileName}" is for ${upload.purpose}: make one for ${purpose}.`;
      throw new AppError("BAD_INPUT", sentence, { field });
    }
    if (upload.completedAt !== null) return upload;
    throw new AppError("CONFLICT", `The upload "${fileName}" is not complete: complete it first.`, { field });
  }

  async train(viewer: Viewer, request: TrainRequest): Promise<Job> {
    const { architecture, preset, overrides, calibration } = request;
    const hyperparameters = resolveHyperparameters(architecture, preset, overrides);
    const version = await findReadyVersion(this.#database, viewer, request.datasetVersionId);
    await requireClips(this.#database, version, "TRAIN", WINDOW_FRAMES[architecture]);
    await requireFootage(this.#database, version, architecture);
    const name = request.modelName ?? `${version.dataset.slug} ${architectureSlug(architecture)}`;
    const model = await ensureModel(this.#database, {
      organizationId: viewer.organizationId,
      projectId: version.projectId,
      name,
      slug: slugOf(name, "modelName"),
      architecture,
    });
    const input = trainInputSchema.parse({
      datasetVersionId: version.id,
      modelId: model.id,
      architecture,
      hyperparameters,
      calibration,
    });
    return this.#submit(viewer, version.projectId, "TRAIN", input, request.idempotencyKey);
  }

  /** Its model appears when the weights have been read: until then their architecture may be unknown. */
  async importModel(viewer: Viewer, request: ImportModelRequest): Promise<Job> {
    const { architecture, width, items, size } = request;
    const version = await findReadyVersion(this.#database, viewer, request.datasetVersionId);
    const upload = await this.#findUpload(version.projectId, request.uploadId, "WEIGHTS", "uploadId");
    if (Number(upload.sizeBytes) > MAX_WEIGHTS_BYTES) {
      const sentence = `A file of weights may have at most ${MAX_WEIGHTS_BYTES} bytes; "${upload.fileName}" has ${upload.sizeBytes}.`;
      throw new AppError("LIMIT_EXCEEDED", sentence, { field: "uploadId" });
    }
    const known = architecture ?? "MNAD_PREDICTION";
    const hyperparameters = resolveHyperparameters(known, "paper", { width, items, size });
    if (architecture !== null) await requireFootage(this.#database, version, architecture);
    await requireClips(
      this.#database,
      version,
      "TRAIN",
      architecture === null ? 1 : WINDOW_FRAMES[architecture],
    );
    const modelName = request.modelName ?? basename(upload.fileName, ".safetensors");
    const input = importModelInputSchema.parse({
      ...{ uploadId: upload.id, datasetVersionId: version.id, architecture, width, items },
      ...{ size: hyperparameters.size, modelName, modelSlug: slugOf(modelName, "modelName") },
    });
    return this.#submit(viewer, version.projectId, "IMPORT_MODEL", input, request.idempotencyKey);
  }

  async score(viewer: Viewer, request: ScoreRequest): Promise<Job> {
    const version = await findReadyVersion(this.#database, viewer, request.datasetVersionId);
    const modelVersion = await this.#database.prisma.modelVersion.findUnique({
      where: {
        id: required(request.modelVersionId, "model version", "modelVersionId"),
        projectId: version.projectId,
      },
      select: {
        ...{ id: true, calibration: true, datasetVersionId: true },
        model: { select: { architecture: true } },
      },
    });
    if (modelVersion === null) throw notFound("model version", "modelVersionId");
    const architecture = trainableArchitectureSchema.parse(modelVersion.model.architecture);
    await requireClips(this.#database, version, "TEST", 1);
    await requireFootage(this.#database, version, architecture);
    if (request.precision === "INT8") {
      await requireNormalFrames(
        this.#database,
        version.projectId,
        modelVersion.datasetVersionId,
        architecture,
      );
    }
    const calibration = parseColumn(calibrationSchema, modelVersion.calibration, "model_version.calibration");
    const submitted = await createScoringRun(this.#database, {
      organizationId: viewer.organizationId,
      projectId: version.projectId,
      modelVersionId: modelVersion.id,
      datasetVersionId: version.id,
      lanes: LANES[architecture],
      maskThreshold: calibration.maskThreshold,
      precision: request.precision,
      memory: request.memory,
      idempotencyKey: request.idempotencyKey,
      createdById: viewer.userId,
    });
    return this.#enqueue(submitted);
  }

  async evaluate(viewer: Viewer, request: EvaluateRequest): Promise<Job> {
    const run = await this.#database.prisma.scoringRun.findUnique({
      where: {
        id: required(request.scoringRunId, "scoring run", "scoringRunId"),
        organizationId: viewer.organizationId,
      },
      select: { id: true, projectId: true, number: true, state: true },
    });
    if (run === null) throw notFound("scoring run", "scoringRunId");
    if (run.state !== "COMPLETE") {
      throw new AppError(
        "CONFLICT",
        `Scoring run ${run.number} is ${run.state}, and must be COMPLETE to be evaluated.`,
        {
          field: "scoringRunId",
        },
      );
    }
    const input: EvaluateInput = { scoringRunId: run.id };
    return this.#submit(viewer, run.projectId, "EVALUATE", input, request.idempotencyKey);
  }

  /** The job of an earlier export of the same version, where that did not fail. */
  async exportModel(viewer: Viewer, request: ExportRequest): Promise<Job> {
    const { organizationId, userId: createdById } = viewer;
    const version = await this.#database.prisma.modelVersion.findUnique({
      where: { id: required(request.modelVersionId, "model version", "modelVersionId"), organizationId },
      select: { id: true, projectId: true },
    });
    if (version === null) throw notFound("model version", "modelVersionId");
    const { format, idempotencyKey } = request;
    const owner = { organizationId, projectId: version.projectId, createdById };
    return this.#enqueue(
      await submitModelExport(this.#database, {
        ...owner,
        modelVersionId: version.id,
        format,
        idempotencyKey,
      }),
    );
  }

  /** A job that has ended stays as it is. */
  async cancel(viewer: Viewer, jobId: string | null): Promise<Job> {
    const job = await this.#database.prisma.job.findUnique({
      where: { id: required(jobId, "job", "jobId"), organizationId: viewer.organizationId },
      select: { id: true, projectId: true },
    });
    const canceled = job && (await requestJobCancel(this.#database, job.projectId, job.id));
    if (!canceled) throw notFound("job", "jobId");
    return canceled;
  }

  async #submit(
    viewer: Viewer,
    projectId: string,
    kind: "INGEST" | "TRAIN" | "IMPORT_MODEL" | "EVALUATE",
    input: IngestInput | TrainInput | ImportModelInput | EvaluateInput,
    idempotencyKey: string | null,
  ): Promise<Job> {
    const { organizationId, userId: createdById } = viewer;
    return this.#enqueue(
      await createJob(this.#database, {
        organizationId,
        projectId,
        kind,
        input,
        idempotencyKey,
        createdById,
      }),
    );
  }

  async #enqueue({ job, isNew }: SubmittedJob): Promise<Job> {
    if (!isNew) return job;
    try {
      await this.#options.queue.enqueue(job);
    } catch (err) {
      this.#options.log.warn(
        { err, jobId: job.id },
        "A job waits for the reconciler: the queue did not take it.",
      );
    }
    return job;
  }
}
