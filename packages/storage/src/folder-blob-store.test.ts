import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBlobStore } from "./create-blob-store.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "engram-blobs-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const text = (value: string) => new TextEncoder().encode(value);
const missing = sha256(text("never stored"));

async function* chunks(...parts: Uint8Array[]) {
  yield* parts;
}

describe("a folder of blobs", () => {
  it("gives back any bytes under their sha256, whole and by range", async () => {
    const store = createBlobStore(root);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 500 }),
        fc.nat({ max: 500 }),
        fc.nat({ max: 500 }),
        async (bytes, a, b) => {
          const blob = await store.put(bytes);
          expect(blob).toEqual({ hash: sha256(bytes), sizeBytes: bytes.byteLength });
          const start = Math.min(a, b, bytes.byteLength);
          const length = Math.min(Math.max(a, b), bytes.byteLength) - start;
          const part = Buffer.from(bytes.subarray(start, start + length));
          expect(Buffer.from(await store.read(blob.hash, { start, length }))).toEqual(part);
          const streamed = await (await store.open(blob.hash, { start, length })).toArray();
          expect(Buffer.concat(streamed)).toEqual(part);
          expect(await store.verify(blob.hash)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("stores a stream and a file alike, and equal content once", async () => {
    const store = createBlobStore(pathToFileURL(root).href);
    const streamed = await store.put(chunks(text("one "), text("two")));
    const path = join(root, "a-file");
    await writeFile(path, "one two");
    expect(await store.putFile(path)).toEqual(streamed);
    expect(await readFile(await store.materialize(streamed.hash), "utf8")).toBe("one two");
    expect(await store.sizeBytes(streamed.hash)).toBe(7);
    const folder = join(root, streamed.hash.slice(0, 2), streamed.hash.slice(2, 4));
    expect(await readdir(folder)).toEqual([streamed.hash]);
    expect(await readdir(join(root, "incoming"))).toEqual([]);
  });

  it("survives the same bytes put many times at once", async () => {
    const store = createBlobStore(root);
    const bytes = new Uint8Array(200_000).fill(7);
    const blobs = await Promise.all(Array.from({ length: 8 }, () => store.put(bytes)));
    expect(new Set(blobs.map((blob) => blob.hash)).size).toBe(1);
    expect(await store.verify(sha256(bytes))).toBe(true);
  });

  it("works as soon as what was in its folder's way is gone", async () => {
    const store = createBlobStore(join(root, "file/blobs"));
    await writeFile(join(root, "file"), "");
    await expect(store.put(text("a"))).rejects.toThrow();
    await rm(join(root, "file"));
    expect((await store.put(text("a"))).sizeBytes).toBe(1);
  });

  it("leaves nothing behind when the source fails", async () => {
    const store = createBlobStore(root);
    const failing = async function* () {
      yield text("half");
      throw new Error("the network went away");
    };
    await expect(store.put(failing())).rejects.toThrow("the network went away");
    await expect(store.putFile(join(root, "absent"))).rejects.toThrow();
    expect(await readdir(root)).toEqual(["incoming"]);
    expect(await readdir(join(root, "incoming"))).toEqual([]);
  });

  it("detects a damaged blob and mends a shortened one when its bytes come again", async () => {
    const store = createBlobStore(root);
    const { hash } = await store.put(text("precious"));
    const path = await store.materialize(hash);
    await writeFile(path, "precioux");
    expect(await store.verify(hash)).toBe(false);
    await truncate(path, 3);
    expect(await store.verify(hash)).toBe(false);
    await store.put(text("precious"));
    expect(await store.verify(hash)).toBe(true);
  });

  it("says that a blob is not there", async () => {
    const store = createBlobStore(root);
    expect(await store.has(missing)).toBe(false);
    expect(await store.delete(missing)).toBe(false);
    for (const attempt of [
      () => store.read(missing),
      () => store.open(missing),
      () => store.sizeBytes(missing),
      () => store.materialize(missing),
      () => store.verify(missing),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  it("deletes", async () => {
    const store = createBlobStore(root);
    const { hash } = await store.put(text("gone"));
    expect(await store.delete(hash)).toBe(true);
    expect(await store.has(hash)).toBe(false);
  });

  it("takes nothing but a hash for a name, so that no path leaves the folder", async () => {
    const store = createBlobStore(root);
    for (const name of [
      "../../etc/passwd",
      "",
      `${missing.slice(0, 63)}G`,
      `${missing}\n`,
      `../${missing}`,
    ]) {
      await expect(store.read(name)).rejects.toMatchObject({ code: "BAD_INPUT" });
      await expect(store.delete(name)).rejects.toMatchObject({ code: "BAD_INPUT" });
    }
  });

  it("refuses a range that leaves the blob", async () => {
    const store = createBlobStore(root);
    const { hash } = await store.put(text("12345"));
    for (const range of [
      { start: 6 },
      { start: 3, length: 3 },
      { start: -1 },
      { length: 6 },
      { start: 0.5 },
    ]) {
      await expect(store.read(hash, range)).rejects.toMatchObject({ code: "BAD_INPUT" });
      await expect(store.open(hash, range)).rejects.toMatchObject({ code: "BAD_INPUT" });
    }
  });

  it("sweeps what a killed writer left long ago, not what is being written", async () => {
    await createBlobStore(root).put(text("makes the folder"));
    await writeFile(join(root, "incoming", "old"), "x");
    await writeFile(join(root, "incoming", "young"), "x");
    await utimes(join(root, "incoming", "old"), new Date(0), new Date(0));
    await createBlobStore(root).put(text("sweeps"));
    expect(await readdir(join(root, "incoming"))).toEqual(["young"]);
  });

  it("refuses other schemes in one sentence", () => {
    expect(() => createBlobStore("s3://bucket/blobs")).toThrow(/s3: address: only file:/);
  });
});
