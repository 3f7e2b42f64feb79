import { builder } from "../../schema/builder.ts";
import { ExportFormat, ImportableArchitecture } from "../../schema/enums.ts";
import { uuidOf } from "../../schema/global-id.ts";
import { JobPayload, submit } from "../job/payload.ts";

const ExportModelInput = builder.inputType("ExportModelInput", {
  fields: (t) => ({
    modelVersionId: t.id({ required: true }),
    format: t.field({ type: ExportFormat, required: true, defaultValue: "ONNX" }),
    idempotencyKey: t.string(),
  }),
});

const ImportModelInput = builder.inputType("ImportModelInput", {
  fields: (t) => ({
    uploadId: t.id({ required: true, description: "A .safetensors file, uploaded for WEIGHTS." }),
    datasetVersionId: t.id({ required: true, description: "What the model is calibrated on." }),
    architecture: t.field({ type: ImportableArchitecture, description: "Default: read off the weights." }),
    width: t.int({ description: "Channels of the first convolution. Default: read off the weights." }),
    items: t.int({ description: "Number of memory items. Default: read off the weights." }),
    size: t.int({
      description: "Side of the square frames that the weights were trained on. Default: as published.",
    }),
    modelName: t.string({ description: "Default: the file's, without its ending." }),
    idempotencyKey: t.string(),
  }),
});

builder.mutationField("importModel", (t) =>
  t.field({
    type: JobPayload,
    description: "Makes a model version of the weights that the authors' published code was trained to.",
    args: { input: t.arg({ type: ImportModelInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) =>
        context.services.jobs.importModel(viewer, {
          uploadId: uuidOf("Upload", input.uploadId),
          datasetVersionId: uuidOf("DatasetVersion", input.datasetVersionId),
          architecture: input.architecture ?? null,
          width: input.width ?? null,
          items: input.items ?? null,
          size: input.size ?? null,
          modelName: input.modelName ?? null,
          idempotencyKey: input.idempotencyKey ?? null,
        }),
      ),
  }),
);

builder.mutationField("exportModel", (t) =>
  t.field({
    type: JobPayload,
    description:
      "Makes files of a model version for use elsewhere. The job of an earlier export that did not fail is given again.",
    args: { input: t.arg({ type: ExportModelInput, required: true }) },
    resolve: (_root, { input }, context) =>
      submit(context, (viewer) =>
        context.services.jobs.exportModel(viewer, {
          modelVersionId: uuidOf("ModelVersion", input.modelVersionId),
          format: input.format,
          idempotencyKey: input.idempotencyKey ?? null,
        }),
      ),
  }),
);
