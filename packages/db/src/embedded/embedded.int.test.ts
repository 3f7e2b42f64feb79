// Real servers, started, killed and found again, one after the other on one data folder.
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { chmod, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeTempFolder, type TempFolder } from "@engram/testkit";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./index.ts";
import { readProcess } from "./processes.ts";

let folder: TempFolder;
let running: EmbeddedPostgres[] = [];
beforeAll(async () => {
  folder = await makeTempFolder();
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running = [];
});
afterAll(() => folder.remove());

async function start(dataFolder = folder.path, onExit?: (reason: string) => void): Promise<EmbeddedPostgres> {
  const settings = { fsync: "off" };
  const server = await startEmbeddedPostgres({ dataFolder, log: () => undefined, settings, onExit });
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A platform in a process of its own: starts the server, says its pid, and lives until it is killed. */
async function startInOtherProcess(): Promise<{ child: ChildProcess; pid: number }> {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
    const server = await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(folder.path)}, log: () => undefined });
    console.log(server.pid);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, pid: Number(line) };
}

describe("startEmbeddedPostgres", () => {
  it("keeps its data from start to start", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.stop();
    expect(readProcess(first.pid)).toBeNull();
    const second = await start();
    expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("lets nobody in without the password, which only its owner may read", async () => {
    const { url } = await start();
    const without = new URL(url);
    without.password = "wrong";
    await expect(query(without.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    expect((await stat(path.join(folder.path, "password"))).mode & 0o777).toBe(0o600);
  });

  it("listens on the loopback alone, and on no socket file", async () => {
    const { url } = await start();
    expect(await query(url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(url, "SHOW unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
  });

  it("goes on with the server that a killed platform left running", async () => {
    const { child, pid } = await startInOtherProcess();
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    expect(readProcess(pid)).not.toBeNull();
    const adopted = await start();
    expect(adopted.pid).toBe(pid);
    expect(await query(adopted.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("says that the server died, and starts after a crash with what was committed", async () => {
    const deaths = new EventEmitter();
    const died = once(deaths, "death");
    const server = await start(folder.path, (reason) => deaths.emit("death", reason));
    await query(server.url, "CREATE TABLE committed AS SELECT 42 AS answer");
    process.kill(server.pid, "SIGKILL");
    expect(await died).toEqual([expect.stringContaining(`process ${server.pid} has died`)]);
    const again = await start();
    expect(await query(again.url, "SELECT answer FROM committed")).toEqual([{ answer: 42 }]);
  });

  it("takes no ended connection for a dead server", async () => {
    const deaths: string[] = [];
    const { url } = await start(folder.path, (reason) => deaths.push(reason));
    const watchers = `SELECT pid FROM pg_stat_activity WHERE application_name = 'engram-watch'`;
    const [before] = await query(url, watchers);
    await query(url, `SELECT pg_terminate_backend(pid) FROM (${watchers}) AS watcher`);
    let after: Record<string, unknown> | undefined;
    while (after === undefined || after.pid === before?.pid) [after] = await query(url, watchers);
    expect(deaths).toEqual([]);
  });

  it("begins anew where its first initialization was cut off", async () => {
    const first = await start();
    await first.stop();
    running = [];
    const home = path.join(folder.path, "server");
    await rm(path.join(home, "cluster/PG_VERSION"));
    await rename(path.join(home, "cluster"), path.join(home, "cluster.new"));
    const second = await start();
    expect(await query(second.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await readdir(home)).not.toContain("cluster.new");
  });

  it.runIf(process.getuid?.() === 0)(
    "keeps the database elsewhere where root's data folder is closed to the server's account",
    async () => {
      const closed = await mkdtemp(path.join(homedir(), "engram-test-"));
      await chmod(closed, 0o700);
      const server = await start(closed);
      const [row] = await query(server.url, "SHOW data_directory");
      const cluster = String(row?.data_directory);
      await server.stop();
      running = [];
      await rm(closed, { recursive: true });
      expect(cluster).toMatch(/^\/var\/lib\/engram\/postgres-.*\/cluster$/);
      await rm(path.dirname(cluster), { recursive: true });
    },
  );
});
