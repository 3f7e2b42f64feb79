// What a worker and the child process of a job say to each other. Parsed on both sides: the child may be killed
// in the middle of anything.
import { ERROR_CODES, jobKindSchema, jobProgressSchema } from "@engram/core";
import { z } from "zod";
import { logLevelSchema } from "../env.ts";

/** Everything a child needs to know; it reads no environment of its own. */
export const childTaskSchema = z.strictObject({
  job: z.strictObject({
    id: z.uuid(),
    organizationId: z.uuid(),
    projectId: z.uuid(),
    kind: jobKindSchema,
    attempt: z.int(),
    input: z.unknown(),
    resume: z.unknown(),
  }),
  databaseUrl: z.string(),
  storageUrl: z.string(),
  device: z.string(),
  importRoots: z.array(z.string()),
  logLevel: logLevelSchema,
  /** a folder of this attempt's own, which the parent removes */
  tempFolder: z.string(),
});
export type ChildTask = z.infer<typeof childTaskSchema>;

export const toChildSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("run"), task: childTaskSchema }),
  /** stop within one step; what is needed to go on is kept */
  z.strictObject({ type: z.literal("stop") }),
]);
export type ToChild = z.infer<typeof toChildSchema>;

export const jobFailureSchema = z.strictObject({ code: z.enum(ERROR_CODES), message: z.string() });
export type JobFailure = z.infer<typeof jobFailureSchema>;

export const toParentSchema = z.discriminatedUnion("type", [
  /** it listens */
  z.strictObject({ type: z.literal("ready") }),
  /** the work begins, on this device; null where the job computes on none */
  z.strictObject({ type: z.literal("started"), device: z.string().nullable() }),
  z.strictObject({ type: z.literal("progress"), progress: jobProgressSchema }),
  z.strictObject({ type: z.literal("succeeded"), result: z.unknown() }),
  z.strictObject({ type: z.literal("failed"), failure: jobFailureSchema }),
  z.strictObject({ type: z.literal("stopped") }),
]);
export type ToParent = z.infer<typeof toParentSchema>;
