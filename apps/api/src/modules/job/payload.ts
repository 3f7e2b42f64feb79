// What every mutation that submits, finds or cancels a job gives back.
import type { Job } from "@engram/db";
import { type UserError, withUserErrors } from "../../errors.ts";
import { builder } from "../../schema/builder.ts";
import type { ApiContext } from "../../schema/context.ts";
import type { Viewer } from "../../schema/viewer.ts";
import { UserErrorType } from "../shared/user-error.ts";

export const JobPayload = builder
  .objectRef<{ readonly job: Job | null; readonly userErrors: readonly UserError[] }>("JobPayload")
  .implement({
    fields: (t) => ({
      job: t.prismaField({ type: "Job", nullable: true, resolve: (_query, { job }) => job }),
      userErrors: t.field({ type: [UserErrorType], resolve: ({ userErrors }) => [...userErrors] }),
    }),
  });

export function submit(context: ApiContext, work: (viewer: Viewer) => Promise<Job>) {
  const { viewer } = context;
  if (viewer === null) throw new Error("A mutation for members was resolved without one.");
  return withUserErrors<{ job: Job | null }>({ job: null }, async () => ({ job: await work(viewer) }));
}
