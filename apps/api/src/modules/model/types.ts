import {
  calibrationSchema,
  type ImportedFrom,
  importedFromSchema,
  trainingMetricsSchema,
} from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { organizationOf } from "../../schema/context.ts";
import { Architecture } from "../../schema/enums.ts";
import { parseColumn } from "../../schema/json-column.ts";
import { PAGED } from "../../schema/page.ts";
import { TrainingMetricsType } from "./training-metrics.ts";

builder.prismaNode("Model", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (model, context) => model.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    name: t.exposeString("name"),
    slug: t.exposeString("slug"),
    architecture: t.expose("architecture", { type: Architecture }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    latestVersion: t.prismaField({
      type: "ModelVersion",
      nullable: true,
      select: (_args, _context, nestedSelection) => ({
        versions: nestedSelection({ take: 1, orderBy: { number: "desc" as const } }),
      }),
      resolve: (_query, model) => model.versions[0] ?? null,
    }),
    versions: t.relatedConnection(
      "versions",
      { ...PAGED, query: { orderBy: { number: "desc" } } },
      { name: "ModelVersionConnection" },
      { name: "ModelVersionEdge" },
    ),
  }),
});

const ImportedFromType = builder.objectRef<ImportedFrom>("ImportedFrom").implement({
  description: "The file of weights that a model version was made of.",
  fields: (t) => ({
    fileName: t.exposeString("fileName"),
    sha256: t.exposeString("sha256"),
    sizeBytes: t.exposeFloat("sizeBytes"),
  }),
});

interface CalibrationSummary {
  readonly source: string;
  readonly frameCount: number;
  readonly maskThreshold: number | null;
}

const CalibrationSummaryType = builder.objectRef<CalibrationSummary>("CalibrationSummary").implement({
  fields: (t) => ({
    source: t.exposeString("source"),
    frameCount: t.exposeInt("frameCount"),
    maskThreshold: t.exposeFloat("maskThreshold", { nullable: true }),
  }),
});

builder.prismaNode("ModelVersion", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (version, context) => version.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    number: t.exposeInt("number"),
    model: t.relation("model"),
    datasetVersion: t.relation("datasetVersion"),
    hyperparameters: t.expose("hyperparameters", { type: "JSON" }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    metrics: t.field({
      type: TrainingMetricsType,
      select: { metrics: true },
      resolve: ({ metrics }) => parseColumn(trainingMetricsSchema, metrics, "model_version.metrics"),
    }),
    calibration: t.field({
      type: CalibrationSummaryType,
      select: { calibration: true },
      resolve: ({ calibration }) => parseColumn(calibrationSchema, calibration, "model_version.calibration"),
    }),
    trainJob: t.relation("trainJob", { nullable: true, description: "The job that made it." }),
    importedFrom: t.field({
      type: ImportedFromType,
      nullable: true,
      description: "null where it was trained here.",
      select: { importedFrom: true },
      resolve: ({ importedFrom }) =>
        importedFrom === null
          ? null
          : parseColumn(importedFromSchema, importedFrom, "model_version.importedFrom"),
    }),
    exports: t.relatedConnection(
      "exports",
      { ...PAGED, description: "Newest first.", query: { orderBy: { id: "desc" } } },
      { name: "ModelExportConnection" },
      { name: "ModelExportEdge" },
    ),
  }),
});
