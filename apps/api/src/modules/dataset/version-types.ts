import { importReportSchema } from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { organizationOf, prismaOf } from "../../schema/context.ts";
import { ClipKind, DatasetLayout, DatasetVersionState, Split } from "../../schema/enums.ts";
import { parseColumn } from "../../schema/json-column.ts";
import { PAGED } from "../../schema/page.ts";
import { ImportReportType } from "./import-report.ts";

builder.prismaNode("DatasetVersion", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (version, context) => version.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    number: t.exposeInt("number"),
    state: t.expose("state", { type: DatasetVersionState }),
    layout: t.expose("layout", { type: DatasetLayout }),
    contentHash: t.exposeString("contentHash", { nullable: true }),
    report: t.field({
      type: ImportReportType,
      nullable: true,
      select: { report: true },
      resolve: ({ report }) =>
        report === null ? null : parseColumn(importReportSchema, report, "dataset_version.report"),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    readyAt: t.expose("readyAt", { type: "DateTime", nullable: true }),
    dataset: t.relation("dataset"),
    clipCount: t.int({
      resolve: async ({ id }, _args, { loaders }) => (await loaders.versionTotals.load(id)).clipCount,
    }),
    frameCount: t.int({
      resolve: async ({ id }, _args, { loaders }) => (await loaders.versionTotals.load(id)).frameCount,
    }),
    kind: t.field({
      type: ClipKind,
      description: "Of its clips: footage, or sets of pictures.",
      resolve: async ({ id }, _args, { loaders }) => (await loaders.versionTotals.load(id)).kind,
    }),
    clip: t.prismaField({
      type: "Clip",
      nullable: true,
      args: { split: t.arg({ type: Split, required: true }), name: t.arg.string({ required: true }) },
      resolve: (query, version, { split, name }, context) =>
        prismaOf(context).clip.findUnique({
          ...query,
          where: { datasetVersionId_split_name: { datasetVersionId: version.id, split, name } },
        }),
    }),
    clips: t.relatedConnection(
      "clips",
      {
        ...PAGED,
        totalCount: true,
        args: { split: t.arg({ type: Split }) },
        query: ({ split }) => ({
          where: split ? { split } : {},
          orderBy: [{ ordinal: "asc" }, { id: "asc" }],
        }),
      },
      { name: "ClipConnection" },
      { name: "ClipEdge" },
    ),
    latestScoringRun: t.prismaField({
      type: "ScoringRun",
      nullable: true,
      select: (_args, _context, nestedSelection) => ({
        scoringRuns: nestedSelection({ take: 1, orderBy: { id: "desc" } }),
      }),
      resolve: (_query, version) => version.scoringRuns[0] ?? null,
    }),
  }),
});
