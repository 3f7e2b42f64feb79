// What a job's handler works with. Everything is opened by the child process and closed by it.
import type { JobProgress } from "@engram/core";
import type { Database } from "@engram/db";
import type { Device } from "@engram/engine";
import type { BlobStore } from "@engram/storage";
import type { Logger } from "pino";
import type { ChildTask } from "../runtime/ipc.ts";

export interface JobContext {
  readonly job: Omit<ChildTask["job"], "input">;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly log: Logger;
  /** aborts when the job is canceled or the worker stops: end within one step, keep what is needed to go on */
  readonly signal: AbortSignal;
  /** for this attempt alone; removed when it ends, however it ends */
  readonly tempFolder: string;
  readonly importRoots: readonly string[];
  /** a monotonic clock in ms */
  readonly clock: () => number;
  readonly report: (progress: JobProgress) => void;
  /** opened on first use, disposed of when the job ends */
  openDevice(): Promise<Device>;
}
