import { createBlobStore } from "@engram/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeArchiveIndex,
  encodeArchiveIndex,
  readArchivedFrame,
  writeFrameArchive,
} from "../archives/frame-archive.ts";
import { createResizer } from "../images/resize.ts";
import { greyPicture, ramp, temporaryFolder } from "../testing/fixtures.ts";
import { buildFramePack, clipChannels } from "./build-frame-pack.ts";
import { openFramePack } from "./frame-pack.ts";

async function* each<T>(items: readonly T[]) {
  yield* items;
}

async function archiveOfRamps(frameCount: number) {
  const store = createBlobStore(await temporaryFolder());
  const pictures: Uint8Array[] = [];
  for (let i = 0; i < frameCount; i++) pictures.push(await greyPicture(24, 16, i).png().toBuffer());
  const archive = await writeFrameArchive(store, "image/png", each(pictures));
  return { store, archive, pictures };
}

describe("a frame archive", () => {
  it("gives back each frame byte for byte, and null for one without a picture", async () => {
    const store = createBlobStore(await temporaryFolder());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.uint8Array({ minLength: 1, maxLength: 50 })), { maxLength: 12 }),
        async (pictures) => {
          const archive = await writeFrameArchive(store, "image/png", each(pictures));
          const index = decodeArchiveIndex(encodeArchiveIndex(archive.index));
          expect(index).toEqual(archive.index);
          for (const [i, picture] of pictures.entries()) {
            expect(await readArchivedFrame(store, { hash: archive.hash, index }, i)).toEqual(picture);
          }
          await expect(readArchivedFrame(store, archive, pictures.length)).rejects.toMatchObject({
            code: "NOT_FOUND",
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("a frame pack", () => {
  it("holds every frame resized, and reads any run of them", async () => {
    const { store, archive } = await archiveOfRamps(9);
    const progress: number[] = [];
    const pack = await buildFramePack(
      store,
      { kind: "ARCHIVE", archive },
      { clipName: "a", width: 10, height: 7, channels: 1, onFrame: (done) => progress.push(done) },
    );
    expect(pack.frameCount).toBe(9);
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const resize = createResizer({ width: 24, height: 16 }, { width: 10, height: 7 }, 1);
    const expected = new Uint8Array(9 * 70);
    for (let i = 0; i < 9; i++) resize(ramp(24, 16, i), expected.subarray(70 * i, 70 * (i + 1)));
    const reader = await openFramePack(store, pack);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect(await reader.read(start, end - start)).toEqual(expected.slice(70 * start, 70 * end));
      }),
    );
    await expect(reader.read(5, 5)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(reader.read(-1, 1)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await reader.close();
  });

  it("repeats a grey clip's channel where three are asked for", async () => {
    const { store, archive } = await archiveOfRamps(1);
    expect(await clipChannels(store, { kind: "ARCHIVE", archive }, "a")).toBe(1);
    const options = { clipName: "a", width: 24, height: 16 };
    const pack = await buildFramePack(store, { kind: "ARCHIVE", archive }, { ...options, channels: 3 });
    const reader = await openFramePack(store, pack);
    const frame = await reader.read(0, 1);
    await reader.close();
    expect([...frame]).toEqual([...ramp(24, 16, 0)].flatMap((value) => [value, value, value]));
  });

  it("names the frame that does not decode, and stops at once when canceled", async () => {
    const store = createBlobStore(await temporaryFolder());
    const good = await greyPicture(24, 16, 0).png().toBuffer();
    const archive = await writeFrameArchive(store, "image/png", each([good, good.subarray(0, 60), good]));
    const options = { clipName: "yard", width: 8, height: 8, channels: 1 as const };
    await expect(buildFramePack(store, { kind: "ARCHIVE", archive }, options)).rejects.toThrow(
      /^Frame 1 of yard cannot be decoded/,
    );
    const canceled = { ...options, signal: AbortSignal.abort() };
    await expect(buildFramePack(store, { kind: "ARCHIVE", archive }, canceled)).rejects.toMatchObject({
      code: "CANCELED",
    });
  });

  it("refuses a blob that is no whole number of frames", async () => {
    const store = createBlobStore(await temporaryFolder());
    const { hash } = await store.put(new Uint8Array(65));
    await expect(
      openFramePack(store, { blobHash: hash, width: 8, height: 8, channels: 1 }),
    ).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});
