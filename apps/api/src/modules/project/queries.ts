import { builder } from "../../schema/builder.ts";
import { organizationOf, prismaOf } from "../../schema/context.ts";

builder.queryField("project", (t) =>
  t.prismaField({
    type: "Project",
    nullable: true,
    description: "By its slug within the organization; the only project when left out.",
    args: { slug: t.arg.string() },
    resolve: (query, _root, { slug }, context) =>
      prismaOf(context).project.findFirst({
        ...query,
        where: { organizationId: organizationOf(context), ...(slug == null ? {} : { slug }) },
        orderBy: { id: "asc" },
      }),
  }),
);
