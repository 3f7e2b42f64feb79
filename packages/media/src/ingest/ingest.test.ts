import { mkdir, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { createBlobStore } from "@engram/storage";
import { encode } from "bmp-ts";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readArchivedFrame } from "../archives/frame-archive.ts";
import { decodeFrame } from "../images/decode-frame.ts";
import {
  greyPicture,
  jpegFrames,
  makeVideo,
  ramp,
  sharedData,
  temporaryFolder,
  writeFiles,
} from "../testing/fixtures.ts";
import { datasetContentHash } from "./content-hash.ts";
import { ingestClip } from "./ingest-clip.ts";
import { inspectSource } from "./inspect-source.ts";

async function source(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const root = await temporaryFolder();
  await writeFiles(root, files);
  return root;
}

async function ingestAll(root: string) {
  const store = createBlobStore(await temporaryFolder());
  const { plan, report } = await inspectSource(root);
  const clips = [];
  for (const clip of plan.clips) clips.push(await ingestClip(store, plan, clip));
  return { store, report, clips };
}

function mask(isSet: boolean): Promise<Buffer> {
  const data = new Uint8Array(24 * 16).fill(0);
  if (isSet) data.fill(255, 30, 60);
  return sharp(data, { raw: { width: 24, height: 16, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
}

async function mnadFiles(): Promise<Record<string, Uint8Array | string>> {
  return {
    ...(await jpegFrames("training/frames/01", 12)),
    ...(await jpegFrames("testing/frames/01", 6)),
    ...(await jpegFrames("testing/frames/02", 5)),
    "frame_labels.json": JSON.stringify({ "01": [0, 0, 1, 1, 0, 0], "02": [0, 0, 0, 0, 1] }),
  };
}

describe("the MNAD layout", () => {
  it("is told from its folders; clips, splits and labels are reported and nothing is stored", async () => {
    const { report, plan } = await inspectSource(await source(await mnadFiles()));
    expect(report).toMatchObject({ layout: "MNAD", unmatched: [], warnings: [] });
    expect(report.clips.map((clip) => [clip.split, clip.name, clip.frameCount, clip.abnormalFrames])).toEqual(
      [
        ["TRAIN", "01", 12, null],
        ["TEST", "01", 6, 2],
        ["TEST", "02", 5, 1],
      ],
    );
    const [training] = plan.clips;
    // 2.jpg comes before 10.jpg.
    expect(training?.source).toMatchObject({
      files: Array.from({ length: 12 }, (_, i) => `training/frames/01/${i}.jpg`),
    });
  });

  it("takes validation clips with their own labels, or those that the test clips' file has for them", async () => {
    const labels = { "01": [0, 1, 1, 0, 0] };
    const validation = await jpegFrames("validation/frames/01", 5);
    const own = await source({
      ...(await mnadFiles()),
      ...validation,
      "validation_frame_labels.json": JSON.stringify(labels),
    });
    const { report } = await inspectSource(own);
    const of = (split: string) => report.clips.filter((clip) => clip.split === split);
    expect(of("VALIDATION")).toMatchObject([{ name: "01", frameCount: 5, abnormalFrames: 2 }]);
    expect(of("TEST").map(({ abnormalFrames }) => abnormalFrames)).toEqual([2, 1]);
    expect(report).toMatchObject({ unmatched: [], warnings: [] });

    const shared = await source({
      ...(await mnadFiles()),
      ...validation,
      ...(await jpegFrames("validation/frames/v1", 5)),
      "frame_labels.json": JSON.stringify({
        ...{ "01": [0, 0, 1, 1, 0, 0], "02": [0, 0, 0, 0, 1] },
        ...{ v1: [1, 1, 1, 0, 0], gone: [0] },
      }),
    });
    const { report: told } = await inspectSource(shared);
    const found = told.clips.filter(({ split }) => split === "VALIDATION");
    // Clip 01 of the file is the test clip.
    expect(found.map(({ name, abnormalFrames }) => [name, abnormalFrames])).toEqual([
      ["01", null],
      ["v1", 3],
    ]);
    expect(told.unmatched).toEqual(["gone"]);
    expect(told.warnings).toEqual([expect.stringContaining("Clip 01 is for validation, but no label file")]);
  });

  it("keeps JPEGs byte for byte", async () => {
    const files = await mnadFiles();
    const { store, clips } = await ingestAll(await source(files));
    const clip = clips[1]!;
    if (clip.state !== "READY") throw new Error(clip.quarantineReason);
    expect(clip).toMatchObject({
      width: 24,
      height: 16,
      frameCount: 6,
      frameRate: null,
      ptsMs: null,
      sourceHash: null,
    });
    expect(clip.archive.mediaType).toBe("image/jpeg");
    expect([...(clip.labels?.labels ?? [])]).toEqual([0, 0, 1, 1, 0, 0]);
    for (let i = 0; i < 6; i++) {
      expect(Buffer.from((await readArchivedFrame(store, clip.archive, i))!)).toEqual(
        files[`testing/frames/01/${i}.jpg`],
      );
    }
  });

  it("finds the set in a wrapping folder, and reads labels from one .npy of all test clips", async () => {
    const { "frame_labels.json": _, ...frames } = await mnadFiles();
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 11), }\n";
    const npy = Buffer.concat([
      Buffer.from("\x93NUMPY\x01\x00", "latin1"),
      Buffer.of(header.length, 0),
      Buffer.from(header),
      Buffer.of(0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1),
    ]);
    const wrapped = Object.fromEntries(
      Object.entries({ ...frames, "frame_labels_x.npy": npy }).map(([path, bytes]) => [
        `upload/set/${path}`,
        bytes,
      ]),
    );
    const { report } = await inspectSource(await source(wrapped));
    expect(report.clips.map((clip) => clip.abnormalFrames)).toEqual([null, 2, 1]);
  });

  it("refuses labels of another length in one sentence with the clip and both numbers", async () => {
    const root = await source({
      ...(await mnadFiles()),
      "frame_labels.json": JSON.stringify({ "01": [0, 1] }),
    });
    await expect(inspectSource(root)).rejects.toMatchObject({
      code: "LABEL_MISMATCH",
      message: "frame_labels.json holds 2 labels for clip 01, which has 6 frames.",
    });
  });

  it("takes labels from the masks where there is no label file, and reports masks that fit nothing", async () => {
    const { "frame_labels.json": _, ...frames } = await mnadFiles();
    const root = await source({
      ...frames,
      "masks/01/3.png": await mask(true),
      "masks/01/4.png": await mask(false),
      "masks/01/77.png": await mask(true),
      "masks/09/0.png": await mask(true),
    });
    const { report, clips, store } = await ingestAll(root);
    expect(report.unmatched).toEqual(["masks/01/77.png", "masks/09"]);
    const clip = clips[1]!;
    if (clip.state !== "READY") throw new Error(clip.quarantineReason);
    expect([...(clip.labels?.labels ?? [])]).toEqual([0, 0, 0, 1, 0, 0]);
    expect(await readArchivedFrame(store, clip.labels!.masks!, 0)).toBeNull();
    expect(Buffer.from((await readArchivedFrame(store, clip.labels!.masks!, 3))!)).toEqual(await mask(true));
  });

  it("reads no file into memory that is too large to be a picture or labels", async () => {
    const root = await source(await mnadFiles());
    await truncate(join(root, "testing/frames/01/2.jpg"), 2 ** 28 + 1);
    const { report } = await inspectSource(root);
    expect(report.clips.map((clip) => clip.quarantineReason)).toEqual([
      null,
      expect.stringMatching(/^01\/2\.jpg cannot be read: it has 268435457 bytes/),
      null,
    ]);
    await truncate(join(root, "frame_labels.json"), 2 ** 28 + 1);
    await expect(inspectSource(root)).rejects.toThrow(/^frame_labels\.json cannot be read/);
  });

  it("sets a clip with a broken picture aside, names it, and goes on with the others", async () => {
    const files = await mnadFiles();
    const whole = files["testing/frames/01/3.jpg"] as Uint8Array;
    const root = await source({ ...files, "testing/frames/01/3.jpg": whole.subarray(0, whole.length - 40) });
    const { report, clips } = await ingestAll(root);
    expect(report.clips[1]?.quarantineReason).toBe("01/3.jpg cannot be decoded: it is cut short.");
    expect(clips.map((clip) => clip.state)).toEqual(["READY", "QUARANTINED", "READY"]);
  });

  it("finds at the import what a look at the ends of the pictures cannot", async () => {
    const files = await mnadFiles();
    const broken = Buffer.from(files["testing/frames/02/2.jpg"] as Uint8Array);
    // Half of the scan is missing; the end mark is there.
    const damaged = Buffer.concat([broken.subarray(0, broken.length >> 1), Buffer.of(0xff, 0xd9)]);
    const { report, clips } = await ingestAll(await source({ ...files, "testing/frames/02/2.jpg": damaged }));
    expect(report.clips[2]?.quarantineReason).toBeNull();
    expect(clips[2]).toMatchObject({
      state: "QUARANTINED",
      quarantineReason: expect.stringMatching(/^02\/2\.jpg cannot be decoded: /),
    });
    expect(clips[1]?.state).toBe("READY");
  });

  it("warns of clips that are too short and of pictures of unequal sizes", async () => {
    const root = await source({
      ...(await jpegFrames("training/frames/01", 5)),
      ...(await jpegFrames("training/frames/02", 4)),
      "training/frames/01/9.jpg": await greyPicture(30, 16, 1).jpeg().toBuffer(),
    });
    expect((await inspectSource(root)).report.warnings).toEqual([
      "Clip 01 has pictures of unequal sizes: 24×16 and, in 01/9.jpg, 30×16.",
      "Clip 02 has 4 frames: a model needs at least 5.",
    ]);
  });

  it("follows no link", async () => {
    const outside = await source(await jpegFrames("clip", 6));
    const root = await source(await jpegFrames("training/frames/01", 6));
    await symlink(join(outside, "clip"), join(root, "training/frames/02"));
    await symlink(join(outside, "clip/0.jpg"), join(root, "training/frames/01/99.jpg"));
    const { plan } = await inspectSource(root);
    expect(plan.clips.map((clip) => [clip.name, clip.frameCount])).toEqual([["01", 6]]);
  });
});

describe("the UCSD layout", () => {
  it("reads TIFF frames, BMP masks and one-based ranges", async () => {
    const tiff = (seed: number) => greyPicture(24, 16, seed).tiff({ compression: "none" }).toBuffer();
    const bitmap = (value: number) =>
      encode({ data: Buffer.alloc(24 * 16 * 4, value), width: 24, height: 16, bitPP: 24 }).data;
    const files: Record<string, Uint8Array | string> = {
      "Test/UCSDped1.m": "TestVideoFile = {};\nTestVideoFile{end+1}.gt_frame = [2:3];",
    };
    for (let i = 1; i <= 5; i++) {
      files[`Train/Train001/00${i}.tif`] = await tiff(i);
      files[`Test/Test001/00${i}.tif`] = await tiff(i + 10);
      files[`Test/Test001_gt/00${i}.bmp`] = bitmap(i === 2 || i === 3 ? 255 : 0);
    }
    const { report, clips, store } = await ingestAll(await source(files));
    expect(report.layout).toBe("UCSD");
    expect(report.clips.map((clip) => [clip.split, clip.name, clip.abnormalFrames, clip.hasMasks])).toEqual([
      ["TRAIN", "Train001", null, false],
      ["TEST", "Test001", 2, true],
    ]);
    const test = clips[1]!;
    if (test.state !== "READY") throw new Error(test.quarantineReason);
    expect(test.archive.mediaType).toBe("image/png");
    const kept = await decodeFrame((await readArchivedFrame(store, test.archive, 0))!);
    expect([...kept.data]).toEqual([...ramp(24, 16, 11)]);
    expect([...test.labels!.labels]).toEqual([0, 1, 1, 0, 0]);
    const kind = await decodeFrame((await readArchivedFrame(store, test.labels!.masks!, 1))!);
    expect(kind.data.every((value) => value === 255)).toBe(true);
  });
});

describe("a folder of videos", () => {
  it("makes clips of videos with splits, labels, times and proxies", async () => {
    const root = await source({ "labels.csv": "clip,start_frame,end_frame\nb.mkv,2,4\n" });
    await makeVideo(join(root, "train/a.mp4"), 12, ["-c:v", "libx264", "-pix_fmt", "yuv420p"]);
    await makeVideo(join(root, "test/b.mkv"), 9, ["-c:v", "mjpeg"]);
    const { report, clips } = await ingestAll(root);
    expect(report.clips.map((clip) => [clip.split, clip.name, clip.frameCount, clip.abnormalFrames])).toEqual(
      [
        ["TRAIN", "a", 12, null],
        ["TEST", "b", 9, 3],
      ],
    );
    const test = clips[1]!;
    if (test.state !== "READY") throw new Error(test.quarantineReason);
    expect(test).toMatchObject({ frameCount: 9, width: 64, height: 48 });
    expect(test.ptsMs?.length).toBe(9);
    expect(test.archive.index.length).toBe(18);
    expect(test.sourceHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("takes a single video file, and a folder of the pictures of one clip", async () => {
    const root = await source(await jpegFrames("one-clip", 7));
    await makeVideo(join(root, "v.avi"), 6, ["-c:v", "mjpeg"]);
    expect((await inspectSource(join(root, "v.avi"))).report.clips).toMatchObject([
      { name: "v", frameCount: 6 },
    ]);
    expect((await inspectSource(join(root, "one-clip"))).report.clips).toMatchObject([
      { name: "frames", frameCount: 7 },
    ]);
  });

  it("fails with the reason where not one video can be decoded, and quarantines where others can", async () => {
    const root = await source({ "broken.mp4": "this is no video" });
    await expect(inspectSource(root)).rejects.toMatchObject({
      code: "DECODE_FAILED",
      message: "broken.mp4 cannot be decoded: it is no mp4, mov, avi or mkv video.",
    });
    await makeVideo(join(root, "whole.avi"), 6, ["-c:v", "mjpeg"]);
    const { report } = await inspectSource(root);
    expect(report.clips.map((clip) => clip.quarantineReason === null)).toEqual([false, true]);
  });
});

describe("any source", () => {
  it("says that it is empty, or lists the layouts that are understood", async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, "only/folders"), { recursive: true });
    await expect(inspectSource(root)).rejects.toMatchObject({ code: "EMPTY_SOURCE" });
    await expect(inspectSource(join(root, "absent"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await writeFiles(root, { "only/notes.txt": "hello" });
    await expect(inspectSource(root)).rejects.toMatchObject({
      code: "UNKNOWN_LAYOUT",
      message: expect.stringMatching(/expected MNAD .*; UCSD .*; a folder of videos/),
    });
  });

  it("has a content hash that depends on content alone", async () => {
    const [first, second] = [
      await ingestAll(await source(await mnadFiles())),
      await ingestAll(await source(await mnadFiles())),
    ];
    expect(datasetContentHash(first.clips)).toBe(datasetContentHash(second.clips.toReversed()));
    const relabelled = {
      ...(await mnadFiles()),
      "frame_labels.json": JSON.stringify({ "01": [0, 0, 1, 1, 0, 1] }),
    };
    expect(datasetContentHash((await ingestAll(await source(relabelled))).clips)).not.toBe(
      datasetContentHash(first.clips),
    );
  });

  it("stops when canceled", async () => {
    const root = await source(await mnadFiles());
    await expect(inspectSource(root, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "CANCELED",
    });
    const { plan } = await inspectSource(root);
    const store = createBlobStore(await temporaryFolder());
    const canceled = { signal: AbortSignal.abort() };
    await expect(ingestClip(store, plan, plan.clips[0]!, canceled)).rejects.toMatchObject({
      code: "CANCELED",
    });
  });
});

const ped2 = sharedData("ped2");
describe("UCSD Ped2", () => {
  it.skipIf(ped2 === null)(
    "has 16 + 12 clips, 4560 frames, 1648 of them abnormal, and masks that agree",
    async () => {
      const { report, plan } = await inspectSource(ped2!);
      expect(report).toMatchObject({ layout: "MNAD", unmatched: [], warnings: [] });
      const frames = (split: string) =>
        report.clips.filter((clip) => clip.split === split).reduce((sum, clip) => sum + clip.frameCount, 0);
      expect([report.clips.length, frames("TRAIN"), frames("TEST")]).toEqual([28, 2550, 2010]);
      expect(report.clips.reduce((sum, clip) => sum + (clip.abnormalFrames ?? 0), 0)).toBe(1648);
      const clip = plan.clips.find(({ name, split }) => name === "09" && split === "TEST")!;
      const store = createBlobStore(await temporaryFolder());
      const ingested = await ingestClip(store, plan, { ...clip, labels: null });
      if (ingested.state !== "READY") throw new Error(ingested.quarantineReason);
      expect(ingested).toMatchObject({ width: 360, height: 240, frameCount: 120 });
      expect(ingested.labels?.labels).toEqual(clip.labels);
    },
  );
});
