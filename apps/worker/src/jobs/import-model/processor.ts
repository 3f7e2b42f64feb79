import { importModelInputSchema } from "@engram/core";
import type { JobContext } from "../job-context.ts";
import { importModel } from "./handler.ts";

export function processImportModel(context: JobContext, input: unknown): ReturnType<typeof importModel> {
  return importModel(context, importModelInputSchema.parse(input));
}
