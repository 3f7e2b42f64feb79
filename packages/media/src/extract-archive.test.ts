import { lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { create, Header } from "tar";
import { describe, expect, it } from "vitest";
import { extractArchive } from "./extract-archive.ts";
import { makeVideo, temporaryFolder, writeFiles } from "./testing/fixtures.ts";

const LIMITS = { maxEntries: 20, maxBytes: 100_000, fileName: "upload.tar" };

interface Entry {
  readonly path: string;
  readonly type?: "File" | "SymbolicLink" | "Link" | "Directory" | "CharacterDevice";
  readonly linkpath?: string;
  readonly body?: string;
}

/** A tar as an attacker would write it: no library stands between. */
function craft(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = "File", linkpath, body = "" }) => {
    const header = Buffer.alloc(512);
    const isFile = type === "File";
    new Header({
      path,
      type,
      mode: 0o644,
      size: isFile ? body.length : 0,
      ...(linkpath ? { linkpath } : {}),
    }).encode(header);
    const padded = Buffer.alloc(isFile ? Math.ceil(body.length / 512) * 512 : 0);
    padded.write(body);
    return [header, padded];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function extract(bytes: Uint8Array, limits: Partial<typeof LIMITS> = {}) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "upload"), bytes);
  const destination = join(folder, "out/into");
  const result = extractArchive(join(folder, "upload"), destination, { ...LIMITS, ...limits });
  return { folder, destination, result: await result.catch((err: unknown) => err) };
}

describe("an uploaded archive", () => {
  it.each([true, false])("is extracted as it was packed (gzip: %s)", async (gzip) => {
    const from = await temporaryFolder();
    await writeFiles(from, { "set/training/frames/01/0.jpg": "a", "set/frame_labels.json": "{}" });
    await symlink("/etc/passwd", join(from, "set/link"));
    const path = join(await temporaryFolder(), "x.tar");
    await create({ cwd: from, file: path, gzip }, ["set"]);
    const destination = join(await temporaryFolder(), "out");
    const result = await extractArchive(path, destination, LIMITS);
    expect(result).toEqual({ entries: 7, bytes: 3, skipped: 1 });
    expect(await readFile(join(destination, "set/training/frames/01/0.jpg"), "utf8")).toBe("a");
    expect((await readdir(join(destination, "set"))).sort()).toEqual(["frame_labels.json", "training"]);
  });

  it.each([
    "../outside.txt",
    "/tmp/engram-absolute.txt",
    "a/../../outside.txt",
    "..\\outside.txt",
    "C:\\x.txt",
  ])("is refused where it holds %s", async (path) => {
    const { folder, result } = await extract(
      craft([
        { path: "fine.txt", body: "x" },
        { path, body: "evil" },
      ]),
    );
    expect(result).toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining("leaves the folder"),
    });
    expect(await readdir(folder)).not.toContain("outside.txt");
    expect(await readdir(join(folder, "out"))).toEqual(["into"]);
  });

  it("leaves out links and devices, so that nothing is written through them", async () => {
    const { folder, destination, result } = await extract(
      craft([
        { path: "door", type: "SymbolicLink", linkpath: ".." },
        { path: "hard", type: "Link", linkpath: "/etc/passwd" },
        { path: "tty", type: "CharacterDevice" },
        { path: "door/escaped.txt", body: "inside after all" },
      ]),
    );
    expect(result).toEqual({ entries: 4, bytes: 16, skipped: 3 });
    expect(await readdir(destination)).toEqual(["door"]);
    expect((await lstat(join(destination, "door"))).isDirectory()).toBe(true);
    expect(await readdir(join(folder, "out"))).toEqual(["into"]);
  });

  it("is refused beyond its limits before the bytes are written", async () => {
    const many = craft(Array.from({ length: 21 }, (_, i) => ({ path: `${i}.txt`, body: "x" })));
    expect((await extract(many)).result).toMatchObject({
      code: "LIMIT_EXCEEDED",
      message: expect.stringContaining("20 files"),
    });
    const bomb = gzipSync(craft([{ path: "zeros", body: "0".repeat(5_000_000) }]));
    const { destination, result } = await extract(bomb);
    expect(result).toMatchObject({
      code: "LIMIT_EXCEEDED",
      message: expect.stringContaining("100000 bytes"),
    });
    expect(await readdir(destination)).toEqual([]);
  });

  it("is refused when it is damaged, cut short, or no archive at all", async () => {
    const whole = gzipSync(craft([{ path: "a.txt", body: "hello ".repeat(2000) }]));
    const flipped = Buffer.from(whole);
    flipped.fill(0xaa, 40, 60);
    const bad = craft([
      { path: "a.txt", body: "x" },
      { path: "b.txt", body: "x" },
    ]);
    bad.fill(0x20, 1024 + 148, 1024 + 156);
    for (const bytes of [
      whole.subarray(0, 60),
      flipped,
      bad,
      new TextEncoder().encode("hello"),
      new Uint8Array(0),
    ]) {
      expect((await extract(bytes)).result).toMatchObject({ code: "BAD_INPUT" });
    }
  });

  it("is refused without a word on where the server would have put it", async () => {
    const { folder, result } = await extract(
      craft([
        { path: "a", body: "a file" },
        { path: "a/b", body: "in a file" },
      ]),
    );
    expect(result).toMatchObject({ code: "BAD_INPUT", message: expect.stringContaining("damaged") });
    expect(String(result)).not.toContain(folder);
  });

  it("may be a single video, which keeps its name and no path of it", async () => {
    const folder = await temporaryFolder();
    const video = join(folder, "v.avi");
    await makeVideo(video, 5, ["-c:v", "mjpeg"]);
    const destination = join(folder, "out");
    await mkdir(destination);
    await extractArchive(video, destination, { ...LIMITS, fileName: "../../Hof Süd.avi" });
    expect(await readdir(destination)).toEqual(["Hof Süd.avi"]);
    await expect(extractArchive(video, destination, { ...LIMITS, maxBytes: 100 })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });
});
