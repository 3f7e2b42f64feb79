// The process that one job runs in: a fault in native code or too little memory costs this job and no other.
// It learns everything by IPC, and ends when its parent does.
import { AppError, isAppError } from "@engram/core";
import { createDatabase } from "@engram/db";
import type { Device } from "@engram/engine";
import { createBlobStore } from "@engram/storage";
import { processorOf } from "./jobs/processors.ts";
import { createLogger } from "./log.ts";
import { type ChildTask, type JobFailure, type ToParent, toChildSchema } from "./runtime/ipc.ts";

const stopping = new AbortController();

function send(message: ToParent): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, {}, () => resolve());
  });
}

async function runTask(task: ChildTask): Promise<ToParent> {
  const log = createLogger(task.logLevel).child({ jobId: task.job.id, kind: task.job.kind });
  const db = createDatabase(task.databaseUrl, { maxConnections: 4 });
  let device: Promise<Device> | undefined;
  const openDevice = () =>
    (device ??= import("./device.ts").then(({ openJobDevice }) => openJobDevice(task.device, log)));
  const { input, ...job } = task.job;
  try {
    const { load, needsDevice } = processorOf(job.kind);
    const processJob = await load();
    await send({ type: "started", device: needsDevice ? (await openDevice()).id : null });
    const result = await processJob(
      {
        job,
        db,
        blobs: createBlobStore(task.storageUrl),
        log,
        signal: stopping.signal,
        tempFolder: task.tempFolder,
        importRoots: task.importRoots,
        clock: () => performance.now(),
        report: (progress) => void send({ type: "progress", progress }),
        openDevice,
      },
      input,
    );
    return { type: "succeeded", result };
  } catch (err) {
    if (stopping.signal.aborted) return { type: "stopped" };
    log.error({ err }, "The job failed.");
    return { type: "failed", failure: describeFailure(err) };
  } finally {
    // What the device or the database still says on the way out changes nothing about the outcome.
    await device?.then((opened) => opened.dispose()).catch((err: unknown) => log.warn({ err }, "Device"));
    await db.close().catch((err: unknown) => log.warn({ err }, "Database"));
  }
}

/** Characters that a job's row keeps of a sentence: names in a stranger's file may be of any length. */
const LONGEST_MESSAGE = 2000;

/** Only an AppError's message is safe to show; of anything else the log has the details. */
function describeFailure(err: unknown): JobFailure {
  if (isAppError(err)) return { code: err.code, message: shorten(err.message) };
  return {
    code: "INTERNAL",
    message: "The job failed by a fault of the platform; the worker's log says more.",
  };
}

function shorten(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

process.on("disconnect", () => process.exit(1));
// These reach the whole process group at times: the parent decides, and tells.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.on("message", (raw) => {
  const message = toChildSchema.parse(raw);
  switch (message.type) {
    case "run":
      void runTask(message.task)
        .then(send)
        .then(() => process.exit(0));
      return;
    case "stop":
      stopping.abort(new AppError("CANCELED", "The job was stopped."));
      return;
    default:
      throw message satisfies never;
  }
});
await send({ type: "ready" });
