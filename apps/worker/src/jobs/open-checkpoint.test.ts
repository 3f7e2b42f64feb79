import { createBlobStore } from "@engram/storage";
import { makeTempFolder } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCheckpoint } from "./open-checkpoint.ts";

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
beforeAll(async () => {
  folder = await makeTempFolder();
});
afterAll(() => folder.remove());

describe("the checkpoint that a row names", () => {
  it("is a folder; of a single file, as an earlier version wrote it, is said what to do", async () => {
    const blobs = createBlobStore(folder.path);
    const content = Buffer.from("tensors");
    const { hash } = await blobs.putFolder([{ name: "manifest.json", content }], "manifest.json");
    expect((await openCheckpoint(blobs, hash)).names).toEqual(["manifest.json"]);

    const single = await blobs.put(Buffer.from("tensors of old"));
    await expect(openCheckpoint(blobs, single.hash)).rejects.toMatchObject({
      code: "CORRUPT_CHECKPOINT",
      message: expect.stringMatching(/earlier version .* train again\.$/),
    });
    await expect(openCheckpoint(blobs, "0".repeat(64))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
