import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackExport } from "./unpack-export.ts";

let work: string;
let unpacked: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "engram-unpack-"));
  unpacked = join(work, "unpacked");
  await mkdir(unpacked);
  await mkdir(join(work, "source/bundle/deeper"), { recursive: true });
  await writeFile(join(work, "source/bundle/model.onnx"), "a graph");
  await writeFile(join(work, "source/bundle/deeper/model.onnx"), "another");
  await writeFile(join(work, "source/outside"), "not of the bundle");
});
afterEach(() => rm(work, { recursive: true, force: true }));

async function archiveOf(...entries: readonly string[]): Promise<string> {
  const file = join(work, "archive.tar");
  await create({ file, cwd: join(work, "source"), preservePaths: true }, [...entries]);
  return file;
}

describe("the archive of an export", () => {
  it("gives the files of its folder", async () => {
    await unpackExport(await archiveOf("bundle/model.onnx"), unpacked);
    expect(await readdir(unpacked)).toEqual(["model.onnx"]);
    expect(await readFile(join(unpacked, "model.onnx"), "utf8")).toBe("a graph");
  });

  it.each([
    ["a path that leads out", "bundle/../../escaped"],
    ["an absolute path", "/absolute"],
    ["a file beside the folder", "outside"],
    ["a file below the folder", "bundle/deeper/model.onnx"],
    ["a symbolic link", "bundle/symbolic"],
    ["a hard link", "bundle/hard"],
  ])("is refused for %s, which is named and nowhere to be found", async (_, entry) => {
    const source = join(work, "source");
    await symlink(source, join(source, "bundle/symbolic"));
    await link(join(source, "bundle/model.onnx"), join(source, "bundle/hard"));
    const escaped = join(work, "escaped");
    await writeFile(escaped, "");
    const named = entry === "/absolute" ? escaped : entry;
    const archive = await archiveOf("bundle/model.onnx", named);
    await rm(escaped);
    await expect(unpackExport(archive, unpacked)).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining(JSON.stringify(named.slice(0, 80))),
    });
    expect(await readdir(unpacked)).toEqual(["model.onnx"]);
    expect(await readdir(work)).not.toContain("escaped");
  });
});
