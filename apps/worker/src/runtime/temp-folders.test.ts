import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sweepTempFolders } from "./temp-folders.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "engram-sweep-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("the sweep of temporary folders", () => {
  it("removes what a dead worker left, and nothing of a living one or of anybody else", async () => {
    await mkdir(join(root, `engram-job-${await deadPid()}-abc`, "source"), { recursive: true });
    await mkdir(join(root, `engram-job-${process.pid}-abc`));
    await mkdir(join(root, "other"));
    await sweepTempFolders(root);
    expect((await readdir(root)).sort()).toEqual([`engram-job-${process.pid}-abc`, "other"]);
  });

  it.runIf(process.getuid?.() === 0)("passes over a folder of another account", async () => {
    await chmod(root, 0o755);
    await mkdir(join(root, `engram-job-${await deadPid()}-abc`, "source"), { recursive: true });
    process.seteuid?.("nobody");
    try {
      expect(await sweepTempFolders(root)).toEqual([]);
    } finally {
      process.seteuid?.(0);
    }
    expect(await readdir(root)).toHaveLength(1);
  });
});
