import { evaluateInputSchema } from "@engram/core";
import type { JobContext } from "../job-context.ts";
import { evaluate } from "./handler.ts";

export function processEvaluate(context: JobContext, input: unknown): ReturnType<typeof evaluate> {
  return evaluate(context, evaluateInputSchema.parse(input));
}
