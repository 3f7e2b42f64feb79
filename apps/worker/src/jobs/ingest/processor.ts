import { ingestInputSchema } from "@engram/core";
import type { JobContext } from "../job-context.ts";
import { ingest } from "./handler.ts";

export function processIngest(context: JobContext, input: unknown): ReturnType<typeof ingest> {
  return ingest(context, ingestInputSchema.parse(input));
}
