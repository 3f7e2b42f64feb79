import { exportInputSchema } from "@engram/core";
import type { JobContext } from "../job-context.ts";
import { exportModelVersion } from "./handler.ts";

export function processExport(context: JobContext, input: unknown): ReturnType<typeof exportModelVersion> {
  return exportModelVersion(context, exportInputSchema.parse(input));
}
