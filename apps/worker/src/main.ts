// The worker as a process. It stops cleanly on SIGTERM and SIGINT, and when the launcher that started it is gone.
import { isAppError } from "@engram/core";
import { readEnv } from "./env.ts";
import { createLogger } from "./log.ts";
import { startWorker } from "./worker.ts";

async function main(): Promise<void> {
  const env = readEnv();
  const log = createLogger(env.logLevel);
  const stopAsked = new Promise<string>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve(signal));
    process.once("disconnect", () => resolve("the end of its parent"));
  });
  const worker = await startWorker(env, log);
  log.info(`The worker stops after ${await stopAsked}.`);
  await worker.stop();
}

main().then(
  () => process.exit(0),
  (err: unknown) => {
    process.stderr.write(
      isAppError(err) ? `${err.message}\n` : `${err instanceof Error ? err.stack : String(err)}\n`,
    );
    process.exit(1);
  },
);
