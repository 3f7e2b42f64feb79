import { builder } from "../../schema/builder.ts";
import { Role } from "../../schema/enums.ts";
import type { Viewer } from "../../schema/viewer.ts";

const ViewerType = builder.objectRef<Viewer>("Viewer").implement({
  fields: (t) => ({
    id: t.exposeID("userId"),
    email: t.exposeString("email"),
    name: t.exposeString("name"),
    organizationName: t.exposeString("organizationName"),
    role: t.expose("role", { type: Role }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: ViewerType,
    nullable: true,
    description: "Who asks: null when nobody is signed in.",
    skipTypeScopes: true,
    resolve: (_root, _args, context) => context.viewer,
  }),
);
