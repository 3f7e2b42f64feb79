import { builder } from "../../schema/builder.ts";
import { organizationOf } from "../../schema/context.ts";
import { PAGED } from "../../schema/page.ts";

builder.prismaNode("Dataset", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (dataset, context) => dataset.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    name: t.exposeString("name"),
    slug: t.exposeString("slug"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    latestVersion: t.prismaField({
      type: "DatasetVersion",
      nullable: true,
      description: "The newest that is ready, else the newest.",
      select: (_args, _context, nestedSelection) => ({
        versions: nestedSelection({
          take: 1,
          orderBy: [{ readyAt: { sort: "desc", nulls: "last" } }, { number: "desc" }],
        }),
      }),
      resolve: (_query, dataset) => dataset.versions[0] ?? null,
    }),
    version: t.prismaField({
      type: "DatasetVersion",
      nullable: true,
      args: { number: t.arg.int({ required: true }) },
      select: ({ number }, _context, nestedSelection) => ({
        versions: nestedSelection({ take: 1, where: { number } }),
      }),
      resolve: (_query, dataset) => dataset.versions[0] ?? null,
    }),
    versions: t.relatedConnection(
      "versions",
      { ...PAGED, query: { orderBy: { number: "desc" } } },
      { name: "DatasetVersionConnection" },
      { name: "DatasetVersionEdge" },
    ),
  }),
});
