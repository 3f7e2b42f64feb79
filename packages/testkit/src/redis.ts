// A real redis-server on a free port, keeping nothing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";
import { programPath } from "./requirements.ts";
import { makeTempFolder } from "./temp-folder.ts";

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether tests with Redis can run here; where not, the reason is printed. @throws Error where CI=true wants it */
export function hasRedis(): boolean {
  return programPath("redis-server") !== null;
}

export async function startTestRedis(): Promise<TestRedis> {
  const program = programPath("redis-server");
  if (program === null) throw new Error("redis-server is not installed.");
  const folder = await makeTempFolder();
  const port = await freePort();
  const child = spawn(
    program,
    [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder.path],
      ...["--save", "", "--appendonly", "no"],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  await new Promise<void>((resolve, reject) => {
    const said: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      if (line.includes("Ready to accept connections")) resolve();
    });
    child.once("exit", () => reject(new Error(`redis-server ended: ${said.join("\n")}`)));
    child.once("error", reject);
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await ended;
      await folder.remove();
    },
  };
}
