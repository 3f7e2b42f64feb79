import { builder } from "../../schema/builder.ts";
import { ExportFormat } from "../../schema/enums.ts";
import { uuidOf } from "../../schema/global-id.ts";
import { JobPayload, submit } from "../job/payload.ts";

const ExportModelInput = builder.inputType("ExportModelInput", {
  fields: (t) => ({
    modelVersionId: t.id({ required: true }),
    format: t.field({ type: ExportFormat, required: true, defaultValue: "ONNX" }),
    idempotencyKey: t.string(),
  }),
});

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
