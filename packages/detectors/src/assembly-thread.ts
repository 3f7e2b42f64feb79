// The thread that lays batches out. Buffers come and go without a copy.
import { parentPort } from "node:worker_threads";
import { type AssemblyJob, assembleBatch } from "./batch-assembly.ts";

const port = parentPort;
if (port === null) throw new Error("This module is for a worker thread.");
port.on("message", (job: AssemblyJob) => {
  const batch = assembleBatch(job);
  const buffers = Object.values(batch).map(({ buffer }) => buffer as ArrayBuffer);
  port.postMessage(batch, buffers);
});
