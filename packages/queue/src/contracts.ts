// What an entry of the queue is: the id of a job's row, and which queue it waits in. The row is the truth.
import { type JobKind, jobKindSchema } from "@engram/core";
import { z } from "zod";

/** Few and fixed: what keeps the processor busy waits apart from what mostly waits for the disk. */
export const QUEUE_NAMES = ["compute", "ingest"] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

const QUEUE_OF_KIND: Readonly<Record<JobKind, QueueName>> = {
  INGEST: "ingest",
  TRAIN: "compute",
  SCORE: "compute",
  EVALUATE: "compute",
  EXPORT: "compute",
};

export function queueOf(kind: JobKind): QueueName {
  return QUEUE_OF_KIND[kind];
}

const entryFields = { jobId: z.uuid() };

/** The payload, parsed on enqueue and on run. `kind` tells the contracts apart; further ids go to their kind. */
export const queueEntrySchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal(jobKindSchema.enum.INGEST), ...entryFields }),
  z.strictObject({ kind: z.literal(jobKindSchema.enum.TRAIN), ...entryFields }),
  z.strictObject({ kind: z.literal(jobKindSchema.enum.SCORE), ...entryFields }),
  z.strictObject({ kind: z.literal(jobKindSchema.enum.EVALUATE), ...entryFields }),
  z.strictObject({ kind: z.literal(jobKindSchema.enum.EXPORT), ...entryFields }),
]);
export type QueueEntry = z.infer<typeof queueEntrySchema>;

/** The same attempt enqueued twice waits once. */
export function entryId(job: { readonly id: string; readonly attempt: number }): string {
  return `${job.id}-${job.attempt}`;
}
