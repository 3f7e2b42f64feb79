// The worker beside the server: one child process, started again when it dies, stopped before the database.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Logger } from "pino";

/** Found from here: the platform may be started from any folder. */
const TSX_LOADER = import.meta.resolve("tsx");
const FIRST_RESTART_DELAY_MS = 500;
const LONGEST_RESTART_DELAY_MS = 30_000;
const STOP_GRACE_MS = 25_000;

export interface WorkerProcess {
  stop(): Promise<void>;
}

/** `main` is the worker's entry; `environment` is all that it gets to know. */
export function startWorkerProcess(main: string, environment: NodeJS.ProcessEnv, log: Logger): WorkerProcess {
  let child: ChildProcess | null = null;
  let isStopping = false;
  let delayMs = FIRST_RESTART_DELAY_MS;
  let restart: NodeJS.Timeout | null = null;

  const start = () => {
    const startedAt = performance.now();
    child = spawn(process.execPath, ["--import", TSX_LOADER, main], {
      env: environment,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // Ctrl-C reaches a whole process group: the worker is told when its turn has come, and ends when we are gone.
      detached: true,
    });
    child.once("exit", (code, signal) => {
      child = null;
      if (isStopping) return;
      if (performance.now() - startedAt > LONGEST_RESTART_DELAY_MS) delayMs = FIRST_RESTART_DELAY_MS;
      log.error(
        { code, signal, restartInMs: delayMs },
        "The worker ended unexpectedly; it is started again.",
      );
      restart = setTimeout(start, delayMs);
      delayMs = Math.min(delayMs * 2, LONGEST_RESTART_DELAY_MS);
    });
  };
  start();

  return {
    async stop() {
      isStopping = true;
      if (restart) clearTimeout(restart);
      const running = child;
      if (!running) return;
      const ended = once(running, "exit");
      running.kill("SIGTERM");
      const force = setTimeout(() => running.kill("SIGKILL"), STOP_GRACE_MS);
      await ended;
      clearTimeout(force);
    },
  };
}
