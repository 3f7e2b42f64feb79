import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeTempFolder, type TempFolder } from "@engram/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataFolder } from "./data-folder-lock.ts";
import { bootId, readProcess } from "./processes.ts";

let folder: TempFolder;
beforeEach(async () => {
  folder = await makeTempFolder();
});
afterEach(() => folder.remove());

const token = "0196b1f0-0000-4000-8000-000000000001";
const leaveLock = (holder: object) =>
  writeFile(
    path.join(folder.path, "engram.lock"),
    JSON.stringify({ token, bootId: bootId(), startTime: null, ...holder }),
  );

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  const { pid } = child;
  await once(child, "exit");
  if (pid === undefined) throw new Error("No process was started.");
  return pid;
}

describe("lockDataFolder", () => {
  it("lets one platform in at a time", async () => {
    const release = await lockDataFolder(folder.path);
    await expect(lockDataFolder(folder.path)).rejects.toMatchObject({
      code: "DATA_FOLDER_IN_USE",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await release();
    await (await lockDataFolder(folder.path))();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("makes a folder that is missing", async () => {
    const release = await lockDataFolder(path.join(folder.path, "a/b"));
    expect(await readdir(path.join(folder.path, "a/b"))).toEqual(["engram.lock"]);
    await release();
  });

  it("takes over from a process that is gone", async () => {
    await leaveLock({ pid: await deadPid() });
    await (await lockDataFolder(folder.path))();
  });

  it("takes over where the pid belongs to a later process", async () => {
    await leaveLock({ pid: process.pid, startTime: "1" });
    await (await lockDataFolder(folder.path))();
  });

  it("takes over what was left before the machine went down", async () => {
    const startTime = readProcess(process.pid)?.startTime;
    await leaveLock({ pid: process.pid, startTime, bootId: "an earlier boot" });
    await (await lockDataFolder(folder.path))();
  });

  it("takes over a lock that was cut off while it was written", async () => {
    await writeFile(path.join(folder.path, "engram.lock"), '{"pid": 12');
    await (await lockDataFolder(folder.path))();
  });

  it("gives a stale lock to one of many", async () => {
    await leaveLock({ pid: await deadPid() });
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataFolder(folder.path)));
    expect(taken.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readdir(folder.path)).toEqual(["engram.lock"]);
  });

  it("does not remove a lock that somebody else holds by now", async () => {
    const release = await lockDataFolder(folder.path);
    await leaveLock({ pid: process.pid });
    await release();
    expect(await readFile(path.join(folder.path, "engram.lock"), "utf8")).toContain(token);
  });

  it("says in one sentence that a folder cannot be written", async () => {
    await writeFile(path.join(folder.path, "file"), "");
    await expect(lockDataFolder(path.join(folder.path, "file/data"))).rejects.toMatchObject({
      code: "DATA_FOLDER_NOT_WRITABLE",
    });
  });
});
