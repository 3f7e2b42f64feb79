// The demo is a script of public commands: a synthetic scene, then what a user would type, against the platform
// that is already up. Each command runs as its own process, so that nothing works here that would not work there.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "@engram/core";
import { writeSyntheticScene } from "@engram/media";
import { type LauncherConfig, REPOSITORY_ROOT } from "./env.ts";

const COMMANDS: readonly (readonly string[])[] = [
  ["train", "demo", "--architecture", "mnad-prediction", "--preset", "tiny", "--watch"],
  ["score", "demo", "--model", "latest", "--watch"],
  ["evaluate", "demo"],
];

export interface DemoOptions {
  readonly config: LauncherConfig;
  readonly signal: AbortSignal;
  print(line: string): void;
}

/** @throws AppError when a step fails (its command has printed why) or the signal stops it */
export async function runDemo({ config, signal, print }: DemoOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "engram-demo-"));
  try {
    const scene = join(folder, "scene");
    const startedAt = performance.now();
    print("Drawing a synthetic surveillance scene …");
    const { frameCount } = await writeSyntheticScene(scene, {});
    throwIfStopped(signal);
    print(`  ${frameCount} frames in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    await runCommand(["import", scene, "--name", "demo"], config, signal, print);
    for (const command of COMMANDS) await runCommand(command, config, signal, print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runCommand(
  command: readonly string[],
  config: LauncherConfig,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  throwIfStopped(signal);
  print(`\n$ npx engram ${command.join(" ")}`);
  const child = spawn(process.execPath, [join(REPOSITORY_ROOT, "packages/cli/bin/engram.js"), ...command], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ENGRAM_DATA: config.dataFolder, ENGRAM_URL: "", ENGRAM_API_KEY: "" },
  });
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const [code] = (await once(child, "exit")) as [number | null];
  signal.removeEventListener("abort", stop);
  throwIfStopped(signal);
  if (code !== 0)
    throw new AppError(
      "INTERNAL",
      `The demo stopped: "engram ${command[0]}" failed (exit ${code ?? "by signal"}).`,
    );
}

function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError("CANCELED", "The demo was stopped before it was done.");
}
