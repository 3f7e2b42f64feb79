// The platform as a process: what it refuses to start on, what it keeps, how it stops, and a command without it.
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { READY_LINE } from "@engram/core";
import { writeSyntheticScene } from "@engram/media";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engram, finish, launch, startEngram, startPlatform, temporaryFolder } from "./platform-process.ts";

describe("the platform", () => {
  let work: { path: string; remove(): Promise<void> };
  let data: string;
  beforeEach(async () => {
    work = await temporaryFolder();
    data = join(work.path, "data");
  });
  afterEach(() => work.remove());

  it("stops cleanly, and finds its data again after a restart", async () => {
    const first = await startPlatform(data);
    const before = await engram(data, "jobs", "--json");
    expect(await first.stop()).toMatchObject({ code: 0, stderr: "" });
    const second = await startPlatform(data);
    // the key of the first run still opens the second
    const after = await engram(data, "jobs", "--json");
    expect(await second.stop()).toMatchObject({ code: 0 });
    expect(before).toMatchObject({ code: 0, stdout: "[]\n" });
    expect(after).toEqual(before);
  });

  it("stops in order on Ctrl-C, which reaches every process of the terminal at once", async () => {
    const child = launch(["serve", "--port", "0", "--data", data], {}, true);
    const ended = finish(child);
    await new Promise<void>((resolve) => {
      child.stdout?.on("data", (chunk) => String(chunk).includes(READY_LINE) && resolve());
    });
    process.kill(-child.pid!, "SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(await readdir(data)).not.toContain("server.json");
  });

  it("lets nobody read without signing in, and a link signs in once", async () => {
    const platform = await startPlatform(data);
    const query = async (headers: Record<string, string>) => {
      const response = await fetch(`${platform.baseUrl}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query: "{ project { slug } }" }),
      });
      return (await response.json()) as { data: { project: { slug: string } | null } | null };
    };
    const signIn = () => fetch(platform.signInLink, { redirect: "manual" });
    const cookie = (await signIn()).headers
      .getSetCookie()
      .map((set) => set.split(";")[0])
      .join("; ");
    const again = (await signIn()).headers.getSetCookie();
    const [anonymous, signedIn, forged] = [
      await query({}),
      await query({ cookie }),
      await query({ authorization: "Bearer forged" }),
    ];
    await platform.stop();
    expect(anonymous.data?.project ?? null).toBeNull();
    expect(forged.data?.project ?? null).toBeNull();
    expect(signedIn.data?.project?.slug).toBe("default");
    expect(again.some((set) => /session_token=[^;]/.test(set))).toBe(false);
  });

  it("refuses a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const outcome = await finish(launch(["start", "--port", String(port), "--data", data]));
    other.close();
    expect(outcome.code).toBe(1);
    expect(outcome.stderr.trim()).toMatch(new RegExp(`^Port ${port} is in use[^\n]*$`));
  });

  it("refuses a second server on the same data folder", async () => {
    const first = await startPlatform(data);
    const second = await finish(launch(["start", "--port", "0", "--data", data]));
    await first.stop();
    expect(second.code).toBe(1);
    expect(second.stderr.trim()).toMatch(/^[^\n]*(another|already|in use)[^\n]*$/i);
  });

  it("refuses a data folder that it cannot write to", async () => {
    const file = join(work.path, "file");
    await writeFile(file, "");
    const inFile = await finish(launch(["start", "--port", "0", "--data", join(file, "data")]));
    expect(inFile.code).toBe(1);
    expect(inFile.stderr.trim()).toMatch(/^[^\n]*(write|writ|folder)[^\n]*$/i);
    if (process.getuid?.() === 0) return; // root may write anywhere
    await mkdir(data);
    await chmod(data, 0o500);
    const outcome = await finish(launch(["start", "--port", "0", "--data", data]));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr.trim()).toMatch(/^[^\n]*writ[^\n]*$/i);
  });

  it("ends the server of an interrupted command, even one that is still coming up", async () => {
    const command = startEngram(data, "jobs");
    const ended = finish(command);
    await new Promise((resolve) => command.stderr?.once("data", resolve));
    command.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stdout: "" });
    // the data folder is free again
    expect(await engram(data, "jobs", "--json")).toMatchObject({ code: 0, stdout: "[]\n" });
  });

  it("starts a server for one command where none runs, and leaves nothing running behind", async () => {
    const scene = join(work.path, "scene");
    await writeSyntheticScene(scene, {
      width: 96,
      height: 64,
      trainingClips: 1,
      trainingFrames: 8,
      testFrames: 8,
    });
    const imported = await engram(data, "import", scene, "--name", "scene");
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const jobs = await engram(data, "jobs", "--json");
    expect(JSON.parse(jobs.stdout)).toHaveLength(2);
    // the data folder is free again
    const platform = await startPlatform(data);
    expect(await platform.stop()).toMatchObject({ code: 0 });
  });
});
