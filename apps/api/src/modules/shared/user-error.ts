import type { UserError } from "../../errors.ts";
import { builder } from "../../schema/builder.ts";

export const UserErrorType = builder.objectRef<UserError>("UserError").implement({
  fields: (t) => ({
    message: t.exposeString("message"),
    field: t.exposeString("field", { nullable: true }),
    code: t.exposeString("code"),
  }),
});
