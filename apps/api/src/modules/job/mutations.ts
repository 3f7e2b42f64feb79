import { builder } from "../../schema/builder.ts";
import { CalibrationMode, DatasetLayout, MemoryMode, Precision, Preset } from "../../schema/enums.ts";
import { uuidOf } from "../../schema/global-id.ts";
import { ArchitectureInput, chosenArchitecture } from "./architecture-input.ts";
import { JobPayload, submit } from "./payload.ts";

const IngestSourceInput = builder.inputType("IngestSourceInput", {
  isOneOf: true,
  fields: (t) => ({ uploadId: t.id(), serverPath: t.string() }),
});

const CreateIngestJobInput = builder.inputType("CreateIngestJobInput", {
  fields: (t) => ({
    projectId: t.id({ required: true }),
    source: t.field({ type: IngestSourceInput, required: true }),
    datasetName: t.string({ required: true }),
    layout: t.field({ type: DatasetLayout }),
    isDryRun: t.boolean({ required: true, defaultValue: false }),
    idempotencyKey: t.string(),
  }),
});

const CreateTrainJobInput = builder.inputType("CreateTrainJobInput", {
  fields: (t) => ({
    datasetVersionId: t.id({ required: true }),
    architecture: t.field({ type: ArchitectureInput, required: true }),
    preset: t.field({ type: Preset, required: true, defaultValue: "compact" }),
    calibration: t.field({ type: CalibrationMode, required: true, defaultValue: "HOLD_OUT" }),
    modelName: t.string(),
    idempotencyKey: t.string(),
  }),
});

const CreateScoreJobInput = builder.inputType("CreateScoreJobInput", {
  fields: (t) => ({
    modelVersionId: t.id({ required: true }),
    datasetVersionId: t.id({ required: true }),
    precision: t.field({ type: Precision, required: true, defaultValue: "FP32" }),
    memory: t.field({ type: MemoryMode, required: true, defaultValue: "UPDATE" }),
    idempotencyKey: t.string(),
  }),
});

const CreateEvaluateJobInput = builder.inputType("CreateEvaluateJobInput", {
  fields: (t) => ({ scoringRunId: t.id({ required: true }), idempotencyKey: t.string() }),
});

const CancelJobInput = builder.inputType("CancelJobInput", {
  fields: (t) => ({ jobId: t.id({ required: true }) }),
});

builder.mutationFields((t) => ({
  createIngestJob: t.field({
    type: JobPayload,
    description:
      "Inspects (isDryRun) or imports an upload, or a folder on the server under ENGRAM_IMPORT_ROOTS.",
    args: { input: t.arg({ type: CreateIngestJobInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) => {
        const { uploadId, serverPath } = input.source;
        return context.services.jobs.ingest(viewer, {
          projectId: uuidOf("Project", input.projectId),
          source:
            serverPath == null
              ? { uploadId: uploadId == null ? null : uuidOf("Upload", uploadId) }
              : { serverPath },
          datasetName: input.datasetName,
          layout: input.layout ?? null,
          isDryRun: input.isDryRun,
          idempotencyKey: input.idempotencyKey ?? null,
        });
      }),
  }),
  createTrainJob: t.field({
    type: JobPayload,
    args: { input: t.arg({ type: CreateTrainJobInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) =>
        context.services.jobs.train(viewer, {
          datasetVersionId: uuidOf("DatasetVersion", input.datasetVersionId),
          ...chosenArchitecture(input.architecture),
          preset: input.preset,
          calibration: input.calibration,
          modelName: input.modelName ?? null,
          idempotencyKey: input.idempotencyKey ?? null,
        }),
      ),
  }),
  createScoreJob: t.field({
    type: JobPayload,
    args: { input: t.arg({ type: CreateScoreJobInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) =>
        context.services.jobs.score(viewer, {
          modelVersionId: uuidOf("ModelVersion", input.modelVersionId),
          datasetVersionId: uuidOf("DatasetVersion", input.datasetVersionId),
          precision: input.precision,
          memory: input.memory,
          idempotencyKey: input.idempotencyKey ?? null,
        }),
      ),
  }),
  createEvaluateJob: t.field({
    type: JobPayload,
    args: { input: t.arg({ type: CreateEvaluateJobInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) =>
        context.services.jobs.evaluate(viewer, {
          scoringRunId: uuidOf("ScoringRun", input.scoringRunId),
          idempotencyKey: input.idempotencyKey ?? null,
        }),
      ),
  }),
  cancelJob: t.field({
    type: JobPayload,
    args: { input: t.arg({ type: CancelJobInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) => context.services.jobs.cancel(viewer, uuidOf("Job", input.jobId))),
  }),
}));
