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
  IMPORT_MODEL: "compute",
};

export function queueOf(kind: JobKind): QueueName {
  return QUEUE_OF_KIND[kind];
}

/** The payload of every kind, parsed on enqueue and on run: ids, no more. */
export const queueEntrySchema = z.strictObject({ kind: jobKindSchema, jobId: z.uuid() });
export type QueueEntry = z.infer<typeof queueEntrySchema>;

/** The same attempt enqueued twice waits once. */
export function entryId(job: { readonly id: string; readonly attempt: number }): string {
  return `${job.id}-${job.attempt}`;
}
