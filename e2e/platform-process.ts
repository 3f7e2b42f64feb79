// The platform and its commands as a user runs them: processes, started and stopped by the tests.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));
const LAUNCHER = join(ROOT, "apps/launcher/src/main.ts");
const ENGRAM = join(ROOT, "packages/cli/bin/engram.js");

type Variables = Readonly<Record<string, string | undefined>>;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that every user may enter: the embedded PostgreSQL runs under another account when the tests run as root. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "engram-e2e-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

const environment = (extra: Variables): NodeJS.ProcessEnv => ({
  ...process.env,
  ENGRAM_URL: "",
  ENGRAM_API_KEY: "",
  DATABASE_URL: "",
  REDIS_URL: "",
  STORAGE_URL: "",
  ...extra,
});

export async function engram(dataFolder: string, ...args: string[]): Promise<Outcome> {
  return finish(startEngram(dataFolder, ...args));
}

export function startEngram(dataFolder: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [ENGRAM, ...args], {
    cwd: ROOT,
    env: environment({ ENGRAM_DATA: dataFolder }),
  });
}

/** `isGroup`: it leads a process group of its own, as what is started in a terminal does. */
export function launch(args: readonly string[], extra: Variables = {}, isGroup = false): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", LAUNCHER, ...args], {
    cwd: ROOT,
    env: environment(extra),
    detached: isGroup,
  });
}

export async function finish(child: ChildProcess): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => (stdout += chunk));
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

export interface RunningPlatform {
  readonly baseUrl: string;
  readonly signInLink: string;
  readonly child: ChildProcess;
  stop(): Promise<Outcome>;
}

/** `npm start` on a free port, up when it has printed its link. */
export async function startPlatform(dataFolder: string, extra: Variables = {}): Promise<RunningPlatform> {
  const child = launch(["start", "--port", "0", "--data", dataFolder], extra);
  const ended = finish(child);
  let said = "";
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      said += chunk;
      const found = /^\s*(https?:\/\/\S+token=\S+)\s*$/m.exec(said);
      if (found?.[1]) resolve(found[1]);
    });
    void ended.then(({ stderr }) => reject(new Error(`The platform ended before it was up: ${stderr}`)));
  });
  return {
    baseUrl: new URL(link).origin,
    signInLink: link,
    child,
    async stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}
