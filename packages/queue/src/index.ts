export type { QueueConfig } from "./backend.ts";
export { QUEUE_NAMES, type QueueEntry, type QueueName, queueEntrySchema, queueOf } from "./contracts.ts";
export { createJobQueue, type EnqueuedJob, type JobQueue, type JobQueueOptions } from "./job-queue.ts";
export { createJobWorker, type JobWorker, type JobWorkerOptions } from "./job-worker.ts";
