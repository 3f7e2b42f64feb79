// The parent's side of a job's child process: start, typed messages, stop with a grace, and how it ended.
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { JobProgress } from "@engram/core";
import { jobEnvironment } from "../env.ts";
import { type ChildTask, type JobFailure, type ToChild, toParentSchema } from "./ipc.ts";

const CHILD_MAIN = fileURLToPath(new URL("../child.ts", import.meta.url));
const TSX_LOADER = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

export type ChildOutcome =
  | { readonly type: "succeeded"; readonly result: unknown }
  | { readonly type: "failed"; readonly failure: JobFailure }
  /** it was told to stop and did, or was killed when it did not */
  | { readonly type: "stopped" }
  /** it ended without a word: killed by the system, out of memory, a fault in native code */
  | { readonly type: "crashed"; readonly message: string };

export interface ChildListeners {
  /** with the device it computes on; null where it computes on none */
  onStarted(device: string | null): void;
  onProgress(progress: JobProgress): void;
}

export interface JobChild {
  readonly pid: number | undefined;
  /** resolves when the process is gone; never rejects */
  readonly outcome: Promise<ChildOutcome>;
  /** asks it to stop within a step; kills it when the grace is over */
  stop(graceMs: number): void;
  kill(): void;
}

export function startJobChild(task: ChildTask, listeners: ChildListeners): JobChild {
  const child = fork(CHILD_MAIN, [], {
    execArgv: ["--import", TSX_LOADER],
    env: jobEnvironment(),
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let isStopping = false;
  let killTimer: NodeJS.Timeout | undefined;
  const send = (message: ToChild): void => {
    // A child that is already gone cannot be told anything: its exit says what there is to say.
    if (child.connected) child.send(message, () => undefined);
  };
  const outcome = waitForOutcome(child, listeners, {
    onReady: () => send({ type: "run", task }),
    isStopping: () => isStopping,
  }).finally(() => clearTimeout(killTimer));

  return {
    pid: child.pid,
    outcome,
    stop(graceMs) {
      if (isStopping) return;
      isStopping = true;
      send({ type: "stop" });
      killTimer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    },
    kill() {
      isStopping = true;
      child.kill("SIGKILL");
    },
  };
}

function waitForOutcome(
  child: ChildProcess,
  listeners: ChildListeners,
  state: { onReady(): void; isStopping(): boolean },
): Promise<ChildOutcome> {
  return new Promise((resolve) => {
    let said: ChildOutcome | undefined;
    child.on("message", (raw) => {
      const message = toParentSchema.safeParse(raw);
      if (!message.success) {
        said = { type: "crashed", message: "The job's process sent a message that cannot be read." };
        child.kill("SIGKILL");
        return;
      }
      switch (message.data.type) {
        case "ready":
          return state.onReady();
        case "started":
          return listeners.onStarted(message.data.device);
        case "progress":
          return listeners.onProgress(message.data.progress);
        case "succeeded":
        case "failed":
        case "stopped":
          said = message.data;
          return;
        default:
          throw message.data satisfies never;
      }
    });
    child.once("error", (err: NodeJS.ErrnoException) => {
      // Its message would name a path of the server.
      const why = err.code ?? "unknown reason";
      resolve({ type: "crashed", message: `The job's process could not be started (${why}).` });
    });
    child.once("exit", (code, signal) => {
      const conclude = () => {
        if (said !== undefined) return resolve(said);
        if (state.isStopping()) return resolve({ type: "stopped" });
        const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
        resolve({ type: "crashed", message: `The job's process ended unexpectedly (${how}).` });
      };
      // Its last message may still be in the channel when it is gone.
      if (child.connected) child.once("disconnect", conclude);
      else conclude();
    });
  });
}
