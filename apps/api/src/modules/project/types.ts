import { builder } from "../../schema/builder.ts";
import { organizationOf, prismaOf } from "../../schema/context.ts";
import { JobKind } from "../../schema/enums.ts";
import { PAGED } from "../../schema/page.ts";

builder.prismaNode("Project", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (project, context) => project.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    name: t.exposeString("name"),
    slug: t.exposeString("slug"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    dataset: t.prismaField({
      type: "Dataset",
      nullable: true,
      args: { slug: t.arg.string({ required: true }) },
      resolve: (query, project, { slug }, context) =>
        prismaOf(context).dataset.findFirst({ ...query, where: { projectId: project.id, slug } }),
    }),
    datasets: t.relatedConnection(
      "datasets",
      { ...PAGED, totalCount: true, query: { orderBy: { slug: "asc" } } },
      { name: "DatasetConnection" },
      { name: "DatasetEdge" },
    ),
    model: t.prismaField({
      type: "Model",
      nullable: true,
      args: { slug: t.arg.string({ required: true }) },
      resolve: (query, project, { slug }, context) =>
        prismaOf(context).model.findFirst({ ...query, where: { projectId: project.id, slug } }),
    }),
    models: t.relatedConnection(
      "models",
      { ...PAGED, query: { orderBy: { slug: "asc" } } },
      { name: "ModelConnection" },
      { name: "ModelEdge" },
    ),
    job: t.prismaField({
      type: "Job",
      nullable: true,
      description: "By its number, newest first in the list.",
      args: { number: t.arg.int({ required: true }) },
      resolve: (query, project, { number }, context) =>
        prismaOf(context).job.findFirst({ ...query, where: { projectId: project.id, number } }),
    }),
    jobs: t.relatedConnection(
      "jobs",
      {
        ...PAGED,
        totalCount: true,
        args: { kind: t.arg({ type: JobKind }) },
        query: ({ kind }) => ({ where: kind ? { kind } : {}, orderBy: { id: "desc" } }),
      },
      { name: "JobConnection" },
      { name: "JobEdge" },
    ),
    scoringRun: t.prismaField({
      type: "ScoringRun",
      nullable: true,
      args: { number: t.arg.int({ required: true }) },
      resolve: (query, project, { number }, context) =>
        prismaOf(context).scoringRun.findFirst({ ...query, where: { projectId: project.id, number } }),
    }),
    scoringRuns: t.relatedConnection(
      "scoringRuns",
      {
        ...PAGED,
        args: { datasetSlug: t.arg.string() },
        query: ({ datasetSlug }) => ({
          where: datasetSlug ? { datasetVersion: { dataset: { slug: datasetSlug } } } : {},
          orderBy: { id: "desc" },
        }),
      },
      { name: "ScoringRunConnection" },
      { name: "ScoringRunEdge" },
    ),
  }),
});
