// The worker as it runs in earnest: a process of its own, with a queue.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { findJobAnywhere, type Job, listenForChanges } from "@engram/db";
import { createJobQueue, type JobQueue } from "@engram/queue";
import { workerMainPath } from "../index.ts";
import type { Rig } from "./rig.ts";

export interface WorkerProcess {
  readonly process: ChildProcess;
  readonly log: () => string;
  /** pids of the processes that run jobs now */
  jobPids(): number[];
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Resolves when it says that it is ready. */
export async function startWorkerProcess(
  rig: Rig,
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", workerMainPath], {
    env: {
      ...process.env,
      DATABASE_URL: rig.databaseUrl,
      STORAGE_URL: rig.storageUrl,
      REDIS_URL: "",
      ENGRAM_DEVICE: "onnx-cpu",
      ENGRAM_IMPORT_ROOTS: rig.folder,
      LOG_LEVEL: "info",
      ...env,
    },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("The worker is ready.")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`The worker ended with ${code}: ${log}`)));
  });
  return {
    process: child,
    log: () => log,
    jobPids: () => childrenOf(child.pid ?? 0).filter((pid) => commandLine(pid).includes("child.ts")),
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return list === "" ? [] : list.split(" ").map(Number);
}

/** A zombie is not: nobody may be there to collect it. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

export interface JobWatch {
  readonly queue: JobQueue;
  /** the job's row as soon as it fits; rejects where the job ended otherwise */
  until(jobId: string, fits: (job: Job) => boolean): Promise<Job>;
  close(): Promise<void>;
}

const ENDED = new Set(["SUCCEEDED", "FAILED", "CANCELED"]);

export async function watchJobs(rig: Rig): Promise<JobWatch> {
  const queue = await createJobQueue({ databaseUrl: rig.databaseUrl });
  const waiting = new Map<string, Set<(job: Job) => void>>();
  const tell = async (jobId: string) => {
    const job = await findJobAnywhere(rig.db, jobId);
    if (job !== null) for (const listener of waiting.get(jobId) ?? []) listener(job);
  };
  const listening = await listenForChanges(rig.databaseUrl, { onJob: (jobId) => void tell(jobId) });
  return {
    queue,
    until: (jobId, fits) =>
      new Promise((resolve, reject) => {
        const listeners = waiting.get(jobId) ?? new Set();
        waiting.set(jobId, listeners);
        const listener = (job: Job) => {
          if (!fits(job) && !ENDED.has(job.state)) return;
          listeners.delete(listener);
          if (fits(job)) resolve(job);
          else reject(new Error(`The job ended ${job.state}: ${job.errorCode} ${job.errorMessage}`));
        };
        listeners.add(listener);
        tell(jobId).catch(reject);
      }),
    async close() {
      await listening.close();
      await queue.close();
    },
  };
}
