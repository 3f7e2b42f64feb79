import { scoreInputSchema } from "@engram/core";
import type { JobContext } from "../job-context.ts";
import { score } from "./handler.ts";

export function processScore(context: JobContext, input: unknown): ReturnType<typeof score> {
  return score(context, scoreInputSchema.parse(input));
}
