import { type ExportParity, exportParitySchema } from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { organizationOf } from "../../schema/context.ts";
import { ExportFormat } from "../../schema/enums.ts";
import { parseColumn } from "../../schema/json-column.ts";

interface OutputDifference {
  readonly output: string;
  readonly largest: number;
}

const OutputDifferenceType = builder.objectRef<OutputDifference>("OutputDifference").implement({
  fields: (t) => ({
    output: t.exposeString("output"),
    largest: t.exposeFloat("largest", { description: "absolute" }),
  }),
});

const ExportParityType = builder.objectRef<ExportParity>("ExportParity").implement({
  description: "How far the exported graph is from the trained detector.",
  fields: (t) => ({
    frames: t.exposeInt("frames"),
    tolerance: t.exposeFloat("tolerance"),
    differences: t.field({
      type: [OutputDifferenceType],
      resolve: ({ differences }) =>
        Object.entries(differences).map(([output, largest]) => ({ output, largest })),
    }),
  }),
});

builder.prismaNode("ModelExport", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (modelExport, context) => modelExport.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    format: t.expose("format", { type: ExportFormat }),
    modelVersion: t.relation("modelVersion"),
    job: t.relation("job"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    sizeBytes: t.float({
      select: { sizeBytes: true },
      resolve: ({ sizeBytes }) => Number(sizeBytes),
    }),
    sha256: t.exposeString("bundleHash", { description: "of the archive" }),
    downloadUrl: t.string({
      description: "Path of the archive, a tar file. Same origin, needs the session.",
      resolve: ({ id }) => `/media/exports/${id}`,
    }),
    parity: t.field({
      type: ExportParityType,
      select: { parity: true },
      resolve: ({ parity }) => parseColumn(exportParitySchema, parity, "model_export.parity"),
    }),
  }),
});

builder.prismaObjectField("Job", "modelExport", (t) =>
  t.relation("modelExport", { nullable: true, description: "EXPORT, once done" }),
);
