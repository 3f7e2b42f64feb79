import { trainInputSchema } from "@engram/core";
import type { JobContext } from "../job-context.ts";
import { train } from "./handler.ts";

export function processTrain(context: JobContext, input: unknown): ReturnType<typeof train> {
  return train(context, trainInputSchema.parse(input));
}
